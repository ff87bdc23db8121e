//! What the servers say themselves, without a process of ours between.

use booking_nats::{Definition, streams};
use sqlx::{PgPool, Row};

use super::Company;

/// How far everything has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standpoint {
    /// The journal's last position.
    pub head: i64,
    /// The stream's last sequence; `None` without a server or a stream.
    pub stream: Option<i64>,
    /// Of each read model.
    pub checkpoints: Vec<i64>,
}

/// An event, as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    pub position: i64,
    pub aggregate_id: String,
    pub event_type: String,
    pub payload: serde_json::Value,
    pub command_id: String,
}

impl Standpoint {
    pub fn is_at_rest(&self) -> bool {
        self.stream == Some(self.head) && self.checkpoints.iter().all(|at| *at == self.head)
    }
}

impl Company {
    /// `None` while Postgres does not answer.
    pub async fn standpoint(&self, owner: &PgPool) -> Option<Standpoint> {
        let row = sqlx::query(STANDPOINT).fetch_one(owner).await.ok()?;
        let (head, checkpoints) = (row.get(0), row.get(1));
        Some(Standpoint { head, stream: self.stream_end().await, checkpoints })
    }

    async fn stream_end(&self) -> Option<i64> {
        let connection = booking_nats::connect(&self.engine.engine_url(), "chaos").await.ok()?;
        let state = streams::state(&connection, &Definition::default(), 1).await.ok()??;
        Some(state.last)
    }

    /// Every event in the order of positions, however wrong they are.
    pub async fn journal(&self) -> Vec<Stored> {
        let owner = self.engine.owner().await;
        let rows = sqlx::query(JOURNAL).fetch_all(&owner).await.unwrap();
        let stored = |row: &sqlx::postgres::PgRow| Stored {
            position: row.get(0),
            aggregate_id: row.get(1),
            event_type: row.get(2),
            payload: row.get(3),
            command_id: row.get::<Option<String>, _>(4).unwrap_or_default(),
        };
        rows.iter().map(stored).collect()
    }
}

const STANDPOINT: &str = "
    select (select coalesce(max(position), 0) from journal.event),
           (select array_agg(position) from read.checkpoint)";

const JOURNAL: &str = "
    select position, aggregate_id, event_type, payload, metadata ->> 'command_id'
    from journal.event order by position, aggregate_id, sequence";
