//! How chapters are released one after the other: a function of its arguments.

use aw_model::{Access, Opening};
use aw_openapi::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::books::AccessSchema;

const DAY: u64 = 24 * 3600 * 1000;

/// Who reads how many days ahead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ahead {
    #[schemars(with = "AccessSchema")]
    pub(crate) access: Access,
    #[schemars(range(min = 1, max = 366))]
    pub(crate) days: u32,
}

/// A serial's rhythm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rhythm {
    /// The first chapter's number.
    pub(crate) first: u32,
    /// How many chapters at a time.
    pub(crate) chapters: u32,
    /// How many days lie between.
    pub(crate) days: u32,
    /// When the first is released, in milliseconds since 1970.
    pub(crate) starts_at: u64,
    pub(crate) ahead: Vec<Ahead>,
}

impl Rhythm {
    /// The openings of the chapter of that number, which all may read whom `access` lets in once it is released. None
    /// for those before the first.
    pub(crate) fn openings(&self, number: u32, access: &Access) -> Vec<Opening> {
        let Some(nth) = number.checked_sub(self.first) else { return Vec::new() };
        let release = self.starts_at + u64::from(nth / self.chapters) * u64::from(self.days) * DAY;
        // Who is let in by what the chapter asks for in the end reads it then, not before.
        let mut all: Vec<Opening> = self
            .ahead
            .iter()
            .filter(|ahead| width(&ahead.access) < width(access))
            .map(|ahead| Opening {
                from: release.saturating_sub(u64::from(ahead.days) * DAY),
                access: ahead.access.clone(),
            })
            .collect();
        all.push(Opening { from: release, access: access.clone() });
        all.sort_by_key(|opening| opening.from);
        all
    }
}

/// How many it lets in, in order.
pub(super) fn width(access: &Access) -> u8 {
    match access {
        Access::Tier(_) => 0,
        Access::Members => 1,
        Access::Free => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_open_one_after_the_other_and_earlier_for_some() {
        let ahead = |access: &str, days| Ahead { access: access.parse().unwrap(), days };
        let rhythm = Rhythm {
            first: 3,
            chapters: 2,
            days: 7,
            starts_at: 100 * DAY,
            ahead: vec![ahead("tier:gold", 14), ahead("members", 2)],
        };
        let shown = |number, access: &str| {
            let all = rhythm.openings(number, &access.parse().unwrap());
            all.iter().map(|o| format!("{} {}", o.from / DAY, o.access)).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(shown(2, "free"), "");
        assert_eq!(shown(3, "free"), "86 tier:gold, 98 members, 100 free");
        assert_eq!(shown(4, "free"), "86 tier:gold, 98 members, 100 free");
        assert_eq!(shown(5, "free"), "93 tier:gold, 105 members, 107 free");
        assert_eq!(shown(5, "members"), "93 tier:gold, 107 members");
        assert_eq!(shown(5, "tier:silver"), "107 tier:silver");
    }
}
