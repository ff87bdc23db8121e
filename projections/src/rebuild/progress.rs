//! How far a rebuild is: told to whoever started it, and noted for whoever asks another process.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgPool};

use crate::model::Model;

/// How often it is noted.
const NOTED_EVERY: Duration = Duration::from_secs(1);

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it does.
    pub phase: Phase,
    /// Up to where the fresh tables have the journal.
    pub position: i64,
    /// The journal's end when that was last looked at.
    pub goal: i64,
}

/// What a rebuild does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It reads the journal into the fresh tables.
    Filling,
    /// It writes the fresh tables so that they stand a crash.
    Settling,
    /// It compares the fresh rows with the journal.
    Verifying,
    /// It is about to put the fresh tables in place.
    Switching,
}

impl Phase {
    /// In one word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Filling => "filling",
            Self::Settling => "settling",
            Self::Verifying => "verifying",
            Self::Switching => "switching",
        }
    }
}

/// The row of `read.rebuild` of one model.
#[derive(Debug)]
pub struct Notes {
    model: Model,
    pool: PgPool,
    last: Option<(Phase, Instant)>,
}

/// As it was noted last.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Noted {
    /// A [`Phase`]'s name.
    pub phase: String,
    pub position: i64,
    pub goal: i64,
    /// By the clock of Postgres, as the next.
    pub began_at: DateTime<Utc>,
    pub said_at: DateTime<Utc>,
}

impl Notes {
    pub const fn new(model: Model, pool: PgPool) -> Self {
        Self { model, pool, last: None }
    }

    /// Notes it: each phase when it begins, and then once a second.
    pub async fn note(&mut self, progress: Progress) -> sqlx::Result<()> {
        let Progress { phase, position, goal } = progress;
        let is_early = self.last.is_some_and(|(last, at)| last == phase && at.elapsed() < NOTED_EVERY);
        if is_early {
            return Ok(());
        }
        let note = sqlx::query(NOTE).bind(self.model.name()).bind(phase.name()).bind(position).bind(goal);
        note.bind(self.last.is_none()).execute(&self.pool).await?;
        self.last = Some((phase, Instant::now()));
        Ok(())
    }

    /// It is over.
    pub async fn clear(&self) -> sqlx::Result<()> {
        sqlx::query("delete from read.rebuild where name = $1")
            .bind(self.model.name())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

impl Noted {
    /// How long filling takes from when this was noted, at the pace so far; `None` when that says nothing.
    pub fn seconds_left(&self) -> Option<u64> {
        if self.phase != Phase::Filling.name() || self.position <= 0 {
            return None;
        }
        let passed = u64::try_from((self.said_at - self.began_at).num_milliseconds()).ok()?;
        let left = u64::try_from(self.goal - self.position).ok()?;
        Some((passed.saturating_mul(left) / self.position.unsigned_abs()).div_ceil(1_000))
    }
}

/// A row of a rebuild that died says when that one began.
const NOTE: &str = "
    insert into read.rebuild as old (name, phase, position, goal, began_at, said_at)
    values ($1, $2, $3, $4, clock_timestamp(), clock_timestamp())
    on conflict on constraint rebuild_pkey do update
    set phase = excluded.phase, position = excluded.position, goal = excluded.goal,
        began_at = case when $5 then excluded.began_at else old.began_at end, said_at = excluded.said_at";

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn what_is_left_takes_as_long_as_what_was_done() {
        let noted = |phase: Phase, position, goal| {
            let (began_at, phase) = (DateTime::UNIX_EPOCH, phase.name().to_owned());
            Noted { phase, position, goal, began_at, said_at: began_at + TimeDelta::seconds(30) }
        };
        for (phase, position, goal, left) in [
            (Phase::Filling, 3_000, 9_000, Some(60)),
            (Phase::Filling, 9_000, 9_000, Some(0)),
            (Phase::Filling, 0, 9_000, None),
            (Phase::Filling, 9_001, 9_000, None),
            (Phase::Verifying, 3_000, 9_000, None),
        ] {
            assert_eq!(noted(phase, position, goal).seconds_left(), left, "{position} of {goal}");
        }
    }
}
