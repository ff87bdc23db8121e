//! How a projection stands, for people and supervisors.

use serde::Serialize;

/// How far a projection has come, and what its worker here does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Such as `booking_v1`.
    pub name: &'static str,
    /// The last position in its rows; from 0.
    pub position: i64,
    /// The journal's last position; from 0.
    pub head: i64,
    /// What its worker does.
    #[serde(flatten)]
    pub activity: Activity,
}

/// What a worker does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Activity {
    /// It has not got so far as to know.
    Starting,
    /// Another process does the work.
    Idle,
    /// It follows the journal.
    Following,
    /// Something it needs is away; it tries again by itself.
    Retrying {
        /// For people.
        reason: String,
    },
    /// It met what it must not pass; it looks again from time to time, but a person is needed.
    Stopped {
        /// For people.
        reason: String,
    },
}
