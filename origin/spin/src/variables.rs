//! Settings, secrets and the addresses of backends: Spin's variables.

use aw_platform::{Error, Result};

use crate::sdk::variables::{self, Error as VariableError};

/// The value of the variable for `name`, in which `-` is `_`; `None` where it is not there or is empty.
///
/// # Errors
/// The provider behind the variables fails.
pub(crate) fn get(name: &str) -> Result<Option<String>> {
    match variables::get(&name.replace('-', "_").to_ascii_lowercase()) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VariableError::Undefined(_) | VariableError::InvalidName(_)) => Ok(None),
        Err(VariableError::Provider(why) | VariableError::Other(why)) => {
            Err(Error::upstream(format!("the variable for {name}: {why}")))
        }
    }
}
