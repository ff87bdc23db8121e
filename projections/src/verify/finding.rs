//! What can be wrong with a row.

use std::fmt;

use crate::fact::Key;

/// Something wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub(super) key: Key,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// The journal makes a row, the table has none.
    Missing,
    /// The table has a row, the journal makes none.
    Surplus,
    /// The two say different things.
    Differs,
    /// An event of the journal cannot follow the ones before.
    Misfit(String),
    /// The row breaks a rule.
    Rule(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} of tenant {} ", self.key.id, self.key.tenant)?;
        match &self.what {
            What::Missing => write!(f, "is missing"),
            What::Surplus => write!(f, "has no event in the journal"),
            What::Differs => write!(f, "differs from what the journal says"),
            What::Misfit(why) => write!(f, "cannot be made: {why}"),
            What::Rule(why) => write!(f, "breaks a rule: {why}"),
        }
    }
}
