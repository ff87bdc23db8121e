//! The workers between journal and read models: the relay, and the projections.

use std::time::Duration;

use axum::Router;
use booking_http::health::{self, Reporter};
use booking_journal::{ChainKey, Leases, Reader};
use booking_nats::{Connection, Definition, Progress, Relay, RelayState};
use booking_projections::{Model, Positions, Projections};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Running;
use crate::database::{self, DatabaseRole};
use crate::exit::Failure;
use crate::metrics::{Pool, Watched};
use crate::settings::Settings;

/// Connections of a relay: one reads, one listens, one holds the lease.
const RELAY_CONNECTIONS: u32 = 4;

/// How often new tenants are looked for.
const SUBSCRIBERS_PAUSE: Duration = Duration::from_secs(10);

/// Connections of each projection, and some for all.
const PROJECTION_CONNECTIONS: u32 = 10;

/// Copies the journal into JetStream.
///
/// # Errors
/// When NATS_URL is missing, or NATS is out of reach at the start.
pub async fn relay(
    settings: &Settings,
    nats_url: &str,
    shutdown: &CancellationToken,
) -> Result<Running, Failure> {
    let pool = database::pool(&settings.database_url, DatabaseRole::Relay, RELAY_CONNECTIONS)?;
    let connection = connect(nats_url, "booking relay").await?;
    let relay = Relay::new(connection, Reader::new(pool.clone()), Leases::new(pool.clone()));
    let relay = relay.with_key(settings.chain_key.clone());
    if let Some(key) = settings.chain_key.as_ref().map(ChainKey::public) {
        let (id, key) = (key.id(), key.base64());
        tracing::info!(key.id = id, "heads of the hash chain are signed; CHAIN_PUBLIC_KEY={key} checks them");
    }
    let (reporter, part) = health::part("relay");
    tokio::spawn(report(relay.progress(), reporter));
    let watched = Watched {
        relay: Some((relay.progress(), pool.clone())),
        pools: vec![Pool { name: "relay", pool }],
        ..Watched::default()
    };
    let cancelled = shutdown.clone().cancelled_owned();
    let task = tokio::spawn(async move {
        if let Err(failure) = relay.run(cancelled).await {
            let error = format!("{:#}", anyhow::Error::from(failure));
            tracing::error!(error, "the relay stopped: {error}");
        }
    });
    Ok(Running { router: Router::new(), contract: None, parts: vec![part], watched, tasks: vec![task] })
}

/// Builds the read models.
///
/// # Errors
/// When NATS_URL is missing, or NATS is out of reach at the start.
pub async fn projections(
    settings: &Settings,
    nats_url: &str,
    positions: Positions,
    only: Option<Model>,
    shutdown: &CancellationToken,
) -> Result<Running, Failure> {
    let pool = database::pool(&settings.database_url, DatabaseRole::Projector, PROJECTION_CONNECTIONS)?;
    let nats = connect(nats_url, "booking projections").await?;
    let watched = Watched {
        read_models: Some(pool.clone()),
        pools: vec![Pool { name: "projections", pool: pool.clone() }],
        ..Watched::default()
    };
    let keeper = tokio::spawn(keep_subscribers(nats.clone(), Reader::new(pool.clone())));
    let projections = Projections::spawn(&booking_projections::Settings { pool, nats, positions, only });
    let parts = projections.parts();
    let cancelled = shutdown.clone().cancelled_owned();
    let task = tokio::spawn(async move {
        cancelled.await;
        keeper.abort();
        drop(projections);
    });
    Ok(Running { router: Router::new(), contract: None, parts, watched, tasks: vec![task] })
}

/// Connects to NATS.
///
/// # Errors
/// When it is out of reach.
pub async fn connect(url: &str, name: &str) -> Result<Connection, Failure> {
    booking_nats::connect(url, name).await.map_err(|failure| Failure::dependency(&failure))
}

/// Makes a durable for each tenant, so that it can read its events with its own credentials. Safe to repeat.
///
/// # Errors
/// When the journal or NATS cannot be asked, or there is no stream yet.
pub async fn ensure_subscribers(connection: &Connection, reader: &Reader) -> Result<(), Failure> {
    let (epoch, definition) = (reader.epoch().await?, Definition::default());
    for tenant in reader.tenants().await? {
        let made = booking_nats::ensure_subscriber(connection, &definition, epoch, tenant).await;
        made.map_err(|failure| Failure::dependency(&failure))?;
    }
    Ok(())
}

/// Durables go with their stream, and new tenants come: both are looked after from time to time.
async fn keep_subscribers(connection: Connection, reader: Reader) {
    loop {
        if let Err(failure) = ensure_subscribers(&connection, &reader).await {
            tracing::debug!(%failure, "the tenants' durables are made later");
        }
        tokio::time::sleep(SUBSCRIBERS_PAUSE).await;
    }
}

async fn report(mut progress: watch::Receiver<Progress>, reporter: Reporter) {
    loop {
        match progress.borrow_and_update().state {
            RelayState::Idle | RelayState::Relaying | RelayState::CaughtUp => reporter.up(),
            RelayState::Starting => reporter.down("starting"),
            RelayState::Retrying(_) => reporter.down("NATS or Postgres does not answer"),
            RelayState::Stopped(_) => reporter.down("stopped: see the log"),
        }
        if progress.changed().await.is_err() {
            return;
        }
    }
}
