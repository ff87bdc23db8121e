//! How fast the journal is read back: by rebuilding read models, and by verifying everything.

use std::time::{Duration, Instant};

use booking_projections::Model;
use serde::{Deserialize, Serialize};

use super::arena::Arena;
use super::say::{measuring, say};
use crate::exit::Failure;
use crate::tools::progress::per_second;

/// Longest time for each.
const WITHIN: Duration = Duration::from_secs(600);

/// Events per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rates {
    /// Of the read model that takes longer, while the other one is rebuilt, too; filling alone.
    rebuild_events_per_s: u64,
    /// Of `booking verify`: journal, hash chain and both read models.
    verify_events_per_s: u64,
}

/// What `booking rebuild --json` says, as far as it matters here.
#[derive(Deserialize)]
struct Rebuilt {
    events_per_s: u64,
}

/// What `booking verify --json` says, as far as it matters here.
#[derive(Deserialize)]
struct Verified {
    events: u64,
}

impl Rates {
    /// Rebuilds and verifies what is in a database, whose projections are stopped.
    ///
    /// # Errors
    /// When a tool fails, as it does when something is found, or takes too long.
    pub async fn of(arena: &Arena, database: &str) -> Result<Self, Failure> {
        let rebuild_events_per_s = rebuild(arena, database).await?;
        measuring("verify");
        let began = Instant::now();
        let Verified { events } = said(arena, database, &["verify", "--json"]).await?;
        let verify_events_per_s = per_second(events, began.elapsed());
        say(&format!("verify: {verify_events_per_s} events/s"));
        Ok(Self { rebuild_events_per_s, verify_events_per_s })
    }

    /// For people.
    pub fn line(&self) -> String {
        let Self { rebuild_events_per_s, verify_events_per_s } = self;
        format!("rebuild {rebuild_events_per_s} events/s, verify {verify_events_per_s} events/s")
    }
}

/// Both at once, as whoever lost them would.
async fn rebuild(arena: &Arena, database: &str) -> Result<u64, Failure> {
    measuring("rebuilding both read models at once");
    let [one, other] = Model::ALL.map(|model| async move {
        let Rebuilt { events_per_s } = said(arena, database, &["rebuild", model.name(), "--json"]).await?;
        say(&format!("rebuild {}: {events_per_s} events/s", model.name()));
        Ok::<u64, Failure>(events_per_s)
    });
    let (one, other) = tokio::try_join!(one, other)?;
    Ok(one.min(other))
}

async fn said<T: for<'de> Deserialize<'de>>(
    arena: &Arena,
    database: &str,
    arguments: &[&str],
) -> Result<T, Failure> {
    arena.settle().await?;
    let output = arena.program(database, arguments).output(WITHIN).await?;
    serde_json::from_slice(&output).map_err(|failure| Failure::Failed(failure.into()))
}
