//! Figures, and what they come to.

use serde::Serialize;

/// One number, beside what it is compared to.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figure {
    /// What was measured, where.
    name: String,
    /// The number; none where it could not be had.
    value: Option<f64>,
    /// What it counts.
    unit: &'static str,
    /// What it is compared to.
    against: Option<Against>,
    /// The value divided by the one it is compared to.
    ratio: Option<f64>,
    /// What is to be reached, in words.
    goal: String,
    /// Whether it is.
    holds: bool,
}

/// What a figure is compared to.
#[derive(Clone, Debug, Serialize)]
struct Against {
    name: String,
    value: f64,
}

impl Figure {
    /// A number that should be at most `limit`.
    pub(super) fn at_most(name: impl Into<String>, value: f64, unit: &'static str, limit: f64) -> Self {
        let goal = format!("at most {limit} {unit}");
        Self { name: name.into(), value: Some(value), unit, against: None, ratio: None, goal, holds: value <= limit }
    }

    /// A number that should be at most `limit` times that of `other`. The ratio is given, as in
    /// [`at_least_times`](Self::at_least_times).
    pub(super) fn at_most_times(self, other: &str, value: f64, ratio: f64, limit: f64) -> Self {
        self.compared(other, value, ratio, format!("at most {limit} times {other}"), ratio <= limit)
    }

    /// A number that should be at least `limit` times that of `other`. The ratio is given: it is the median of the
    /// turns' ratios, which differs from the ratio of the medians.
    pub(super) fn at_least_times(self, other: &str, value: f64, ratio: f64, limit: f64) -> Self {
        self.compared(other, value, ratio, format!("at least {limit} times {other}"), ratio >= limit)
    }

    /// A number beside that of `other`, without a goal. The ratio is given, as in [`at_least_times`](Self::at_least_times).
    pub(super) fn beside(self, other: &str, value: f64, ratio: f64) -> Self {
        self.compared(other, value, ratio, "told".to_owned(), true)
    }

    /// A number that should be more than that of `other` by at most `limit`. The difference is given, as the ratio is in
    /// [`at_least_times`](Self::at_least_times).
    pub(super) fn at_most_above(self, other: &str, value: f64, above: f64, limit: f64) -> Self {
        let goal = format!("at most {limit} {} above {other}: {above:.3}", self.unit);
        let ratio = self.value.unwrap_or(f64::NAN) / value;
        self.compared(other, value, ratio, goal, above <= limit)
    }

    fn compared(mut self, other: &str, value: f64, ratio: f64, goal: String, holds: bool) -> Self {
        self.against = Some(Against { name: other.to_owned(), value });
        (self.ratio, self.goal, self.holds) = (Some(ratio), goal, holds);
        self
    }

    /// A number to be compared with [`at_most_times`](Self::at_most_times) and the like, or told without a goal.
    pub(super) fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        let name = name.into();
        Self { name, value: Some(value), unit, against: None, ratio: None, goal: "told".to_owned(), holds: true }
    }

    /// A figure that could not be had: it does not hold.
    pub(super) fn missing(name: impl Into<String>, why: &str) -> Self {
        let (name, goal) = (name.into(), format!("could not be measured: {why}"));
        Self { name, value: None, unit: "", against: None, ratio: None, goal, holds: false }
    }

    fn line(&self) -> String {
        let number = |value: f64| if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") };
        let value = self.value.map_or("-".to_owned(), number);
        let against = self.against.as_ref().map_or(String::new(), |a| format!("{}: {}", a.name, number(a.value)));
        let ratio = self.ratio.map_or(String::new(), |ratio| format!("{ratio:.3}"));
        let word = if self.holds { "ok" } else { "MISSED" };
        format!("{word:<7} {:<56} {value:>10} {:<14} {against:<34} {ratio:>7}  {}", self.name, self.unit, self.goal)
    }
}

/// All figures of a run.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    bench: &'static str,
    machine: String,
    figures: Vec<Figure>,
}

impl Report {
    /// The report of the bench `bench`.
    pub(super) fn new(bench: &'static str, machine: String, figures: Vec<Figure>) -> Self {
        Self { bench, machine, figures }
    }

    /// Whether every figure holds.
    pub(super) fn holds(&self) -> bool {
        self.figures.iter().all(|figure| figure.holds)
    }

    /// One JSON object.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Prints one object, or a line for each figure.
    pub(super) fn print(&self, json: bool) {
        if json {
            println!("{}", self.json());
            return;
        }
        println!("{}", self.machine);
        self.figures.iter().for_each(|figure| println!("{}", figure.line()));
    }
}

#[cfg(test)]
mod tests {
    use super::Figure;

    #[test]
    fn goals_are_weighed() {
        let figure = || Figure::new("x", 97.0, "req/s");
        assert!(figure().at_least_times("y", 100.0, 0.97, 0.97).holds);
        assert!(!figure().at_least_times("y", 100.0, 0.969, 0.97).holds);
        assert!(figure().at_most_times("y", 100.0, 0.97, 1.0).holds);
        assert!(!figure().at_most_times("y", 96.0, 1.01, 1.0).holds);
        assert!(figure().at_most_above("y", 92.0, 5.0, 5.0).holds);
        assert!(!figure().at_most_above("y", 91.9, 5.1, 5.0).holds);
        assert!(!Figure::at_most("x", 2.0, "ms", 1.0).holds);
        assert!(!Figure::missing("x", "no tool").holds);
    }
}
