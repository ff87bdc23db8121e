//! The reactors, with a journal's door of their own when they are a process of their own.

use axum::Router;
use booking_journal::Journal;
use booking_reactors::Reactors;
use tokio_util::sync::CancellationToken;

use super::{Running, connect, watch_task};
use crate::database::{self, DatabaseRole};
use crate::exit::Failure;
use crate::metrics::{Pool, Watched};
use crate::settings::Settings;

/// Connections of the reactors: one for each holds the lease, the others read events, store timers and do deeds.
const REACTOR_CONNECTIONS: u32 = 10;

/// Connections of the reactors' writer: it loads, listens and sweeps; one more appends.
const WRITER_CONNECTIONS: u32 = 5;

/// Does what is to be done about events, through a door that is open already.
///
/// # Errors
/// When NATS is out of reach at the start.
pub async fn reactors(
    settings: &Settings,
    nats_url: &str,
    journal: Journal,
    shutdown: &CancellationToken,
) -> Result<Running, Failure> {
    let pool = database::pool(&settings.database_url, DatabaseRole::Reactor, REACTOR_CONNECTIONS)?;
    let nats = connect(nats_url, "booking reactors").await?;
    let watched = Watched {
        reactors: Some(pool.clone()),
        pools: vec![Pool { name: "reactors", pool: pool.clone() }],
        ..Watched::default()
    };
    let settings = booking_reactors::Settings { pool, nats, journal, clock: settings.clock };
    let reactors = Reactors::spawn(&settings);
    let (parts, cancelled) = (reactors.parts(), shutdown.clone().cancelled_owned());
    let task = tokio::spawn(async move {
        cancelled.await;
        reactors.stop().await;
    });
    Ok(Running { router: Router::new(), contract: None, parts, watched, tasks: vec![task] })
}

/// The same as a process of its own, whose writer stands beside those of the command API. Its door closes when the
/// deeds under way are done.
///
/// # Errors
/// When NATS is out of reach at the start.
pub async fn reactors_alone(
    settings: &Settings,
    nats_url: &str,
    shutdown: &CancellationToken,
) -> Result<Running, Failure> {
    let pool = database::pool(&settings.database_url, DatabaseRole::Command, WRITER_CONNECTIONS)?;
    let door = CancellationToken::new();
    let pools = vec![Pool { name: "command", pool: pool.clone() }];
    let (journal, task) = Journal::open(pool, settings.families_max, door.clone());
    let of_writer = Watched { writer: Some(journal.clone()), pools, ..Watched::default() };
    let (writer, task) = watch_task(task, "writer", door.clone());
    let Running { router, contract, mut parts, watched, tasks } =
        reactors(settings, nats_url, journal.clone(), shutdown).await?;
    parts.push(writer);
    let task = tokio::spawn(async move {
        for reactors in tasks {
            drop(reactors.await);
        }
        door.cancel();
        drop(journal);
        drop(task.await);
    });
    Ok(Running { router, contract, parts, watched: watched.and(of_writer), tasks: vec![task] })
}
