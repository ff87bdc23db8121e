//! In which schema the tables of a read model are.

use std::borrow::Cow;

use crate::model::Model;

/// How statements name the schema in which read models live.
const LIVE: &str = "read.";

/// Where a model's tables and its checkpoint are. Statements are written for [`Live`](Self::Live).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// `read`: what queries are answered from.
    Live,
    /// `rebuild_<model>`: a fresh copy that is being filled.
    Fresh(Model),
}

impl Schema {
    /// A statement as it is for this schema.
    pub fn sql(self, statement: &'static str) -> Cow<'static, str> {
        match self {
            Self::Live => Cow::Borrowed(statement),
            Self::Fresh(model) => Cow::Owned(statement.replace(LIVE, &format!("{}.", fresh(model)))),
        }
    }
}

/// The name of the schema of a model's fresh copy.
pub fn fresh(model: Model) -> String {
    format!("rebuild_{}", model.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_about_one_schema() {
        let statement = "delete from read.a_v1 as old using read.b_v1 where old.read = 1";
        assert_eq!(Schema::Live.sql(statement), statement);
        assert_eq!(
            Schema::Fresh(Model::Flight).sql(statement),
            "delete from rebuild_flight_v1.a_v1 as old using rebuild_flight_v1.b_v1 where old.read = 1"
        );
    }
}
