//! What authors earn: rules that split what a tier or a book brings, and a statement for each period.

mod mine;
mod rules;
mod split;
mod statements;

pub(crate) use mine::{MyPayout, MySale, MyTotal, route as mine};
pub(crate) use rules::{Rule, RuleBody, route as rules};
pub(crate) use statements::{NewStatement, Statement, Summary, route as statements};
