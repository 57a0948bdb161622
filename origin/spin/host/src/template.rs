//! Variables and the templates over them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use crate::manifest::Variable;

/// The values of the application's variables.
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Each from `SPIN_VARIABLE_NAME` of the environment, else its default; one with neither has no value.
    pub fn read(declared: &BTreeMap<String, Variable>, env: impl Fn(&str) -> Option<String>) -> Self {
        let value = |(name, variable): (&String, &Variable)| {
            let given = env(&format!("SPIN_VARIABLE_{}", name.to_ascii_uppercase()));
            Some((name.clone(), given.or_else(|| variable.default.clone())?))
        };
        Self(declared.iter().filter_map(value).collect())
    }

    /// `template` with every `{{ name }}` in it replaced by the value.
    ///
    /// # Errors
    /// A variable in it has no value, or a brace is not closed.
    pub fn fill(&self, template: &str) -> Result<String> {
        let (mut out, mut rest) = (String::new(), template);
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").context("a template without its end")?;
            out.push_str(before);
            out.push_str(self.0.get(name.trim()).with_context(|| format!("no value for {}", name.trim()))?);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::Variables;

    #[test]
    fn values_are_not_templates_themselves() {
        let variables = Variables([("a".to_owned(), "1{{b}}".to_owned()), ("b".to_owned(), "2".to_owned())].into());
        assert_eq!(variables.fill("x{{ a }}y{{b}}z").unwrap(), "x1{{b}}y2z");
        assert!(variables.fill("{{ c }}").is_err());
        assert!(variables.fill("{{ a ").is_err());
    }
}
