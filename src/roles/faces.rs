//! The two HTTP faces: commands go in at one, queries at the other.

use booking_command_api::Parts;
use booking_journal::{Journal, Reader, Vault};
use booking_projections::{Positions, QuerySettings};
use tokio_util::sync::CancellationToken;

use super::{Running, watch_journal, watch_postgres, watch_task};
use crate::database::{self, DatabaseRole};
use crate::exit::Failure;
use crate::metrics::{Pool, Watched};
use crate::settings::Settings;

/// Takes commands, decides them and stores what they cause.
///
/// # Errors
/// When a setting is missing, or Postgres is out of reach.
pub async fn command_api(
    settings: &Settings,
    shutdown: &CancellationToken,
) -> Result<(Running, Parts), Failure> {
    let pool = database::pool(&settings.database_url, DatabaseRole::Command, settings.pool_max)?;
    let reader = Reader::new(pool.clone());
    let epoch = reader.epoch().await?;
    let vault = Vault::new(pool.clone(), settings.master_key()?);
    let (journal, task) = Journal::open(pool.clone(), settings.families_max, shutdown.clone());
    let (writer, task) = watch_task(task, "writer", shutdown.clone());
    let watched = Watched {
        writer: Some(journal.clone()),
        pools: vec![Pool { name: "command", pool: pool.clone() }],
        ..Watched::default()
    };
    let parts = Parts { journal, vault, reader, tokens: settings.tokens()?, epoch, clock: settings.clock };
    let router = booking_command_api::command_api(parts.clone());
    let parts_of_health = vec![watch_journal(pool, epoch), writer];
    let running = Running { router, parts: parts_of_health, watched, tasks: vec![task] };
    Ok((running, parts))
}

/// Answers queries from the read models.
///
/// # Errors
/// When a setting is missing, or Postgres is out of reach.
pub async fn query_api(
    settings: &Settings,
    positions: Positions,
    shutdown: &CancellationToken,
) -> Result<Running, Failure> {
    let pool = database::pool(&settings.database_url, DatabaseRole::Reader, settings.pool_max)?;
    let vault = Vault::new(pool.clone(), settings.master_key()?);
    let following = positions.clone().follow(pool.clone());
    tokio::spawn(shutdown.clone().run_until_cancelled_owned(following));
    let router = booking_projections::query_api(QuerySettings {
        pool: pool.clone(),
        vault,
        tokens: settings.tokens()?,
        positions,
        clock: settings.clock,
        chain_key: settings.chain_public_key.clone(),
    });
    let watched = Watched {
        read_models: Some(pool.clone()),
        pools: vec![Pool { name: "reader", pool: pool.clone() }],
        ..Watched::default()
    };
    Ok(Running { router, parts: vec![watch_postgres(pool, "read_models")], watched, tasks: vec![] })
}
