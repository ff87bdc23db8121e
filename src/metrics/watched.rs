//! What of a process is looked at, and how it is shown.

use std::time::Duration;

use booking_journal::Journal;
use booking_nats::{Progress, RelayState};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use sqlx::PgPool;
use tokio::sync::watch;

use super::lag::{self, Lag};
use super::writer;

/// Longest that Postgres is asked for all of it.
const ASKED_WITHIN: Duration = Duration::from_secs(2);

type Named<M> = Family<[(&'static str, String); 1], M>;
type Decimal = Gauge<f64, std::sync::atomic::AtomicU64>;

/// What the roles of one process have to show.
#[derive(Default)]
pub struct Watched {
    pub writer: Option<Journal>,
    pub relay: Option<(watch::Receiver<Progress>, PgPool)>,
    /// May read the checkpoints of read models, and the journal.
    pub read_models: Option<PgPool>,
    /// May read the rows of reactors, and the journal.
    pub reactors: Option<PgPool>,
    pub pools: Vec<Pool>,
}

/// Connections to Postgres of one kind.
pub struct Pool {
    pub name: &'static str,
    pub pool: PgPool,
}

impl Watched {
    /// What several roles in one process have to show.
    pub fn and(self, other: Self) -> Self {
        Self {
            writer: self.writer.or(other.writer),
            relay: self.relay.or(other.relay),
            read_models: self.read_models.or(other.read_models),
            reactors: self.reactors.or(other.reactors),
            pools: self.pools.into_iter().chain(other.pools).collect(),
        }
    }

    /// Shows all of it. What Postgres cannot be asked in time is left out, and said.
    pub async fn register(&self, registry: &mut Registry) {
        if let Some(journal) = &self.writer {
            registry.register_collector(Box::new(writer::Shown(journal.figures())));
        }
        self.register_pools(registry);
        let asked = tokio::time::timeout(ASKED_WITHIN, self.register_asked(registry)).await;
        let failed = Gauge::<i64>::default();
        failed.set(i64::from(!matches!(asked, Ok(Ok(())))));
        registry.register("scrape_failed", "Whether Postgres could not be asked for lags this time", failed);
    }

    async fn register_asked(&self, registry: &mut Registry) -> sqlx::Result<()> {
        if let Some((progress, pool)) = &self.relay {
            let progress = progress.borrow().clone();
            register_relay(registry, &progress, lag::of_relay(pool, progress.relayed).await?);
        }
        if let Some(pool) = &self.read_models {
            register_lags(registry, "projection", lag::of_read_models(pool).await?);
        }
        if let Some(pool) = &self.reactors {
            register_lags(registry, "reactor", lag::of_reactors(pool).await?);
            register_timers(registry, pool).await?;
        }
        Ok(())
    }

    fn register_pools(&self, registry: &mut Registry) {
        let (open, idle, most) =
            (Named::<Gauge>::default(), Named::<Gauge>::default(), Named::<Gauge>::default());
        for Pool { name, pool } in &self.pools {
            let label = [("pool", (*name).to_owned())];
            open.get_or_create(&label).set(pool.size().into());
            idle.get_or_create(&label).set(i64::try_from(pool.num_idle()).unwrap_or(i64::MAX));
            most.get_or_create(&label).set(pool.options().get_max_connections().into());
        }
        registry.register("pool_connections", "Connections to Postgres", open);
        registry.register("pool_connections_idle", "Those that nobody uses", idle);
        registry.register("pool_connections_max", "How many there may be", most);
    }
}

/// A relay that only waits for its turn has no lag of its own.
fn register_relay(registry: &mut Registry, progress: &Progress, lag: Lag) {
    let number = |value| {
        let gauge = Gauge::<i64>::default();
        gauge.set(value);
        gauge
    };
    let leads = !matches!(progress.state, RelayState::Idle | RelayState::Stopped(_));
    registry.register("relay_leads", "Whether this relay is the one that publishes", number(leads.into()));
    if !leads {
        return;
    }
    let seconds = Decimal::default();
    seconds.set(lag.seconds);
    registry.register("relay_position", "Last position known to be in the stream", number(progress.relayed));
    registry.register("relay_chain_position", "Last position of the hash chain", number(progress.chained));
    registry.register("relay_lag_events", "Events that are not in the stream yet", number(lag.events));
    registry.register("relay_lag_seconds", "Age of the oldest of them", seconds);
    let made = number(progress.streams_made.into());
    registry.register("relay_streams_made", "How often this relay made the stream", made);
}

fn register_lags(registry: &mut Registry, kind: &'static str, lags: Vec<Lag>) {
    let (position, events) = (Named::<Gauge>::default(), Named::<Gauge>::default());
    let seconds = Named::<Decimal>::default();
    for lag in lags {
        let label = [(kind, lag.name)];
        position.get_or_create(&label).set(lag.position);
        events.get_or_create(&label).set(lag.events);
        seconds.get_or_create(&label).set(lag.seconds);
    }
    registry.register(format!("{kind}_position"), "Last position that was taken in", position);
    registry.register(format!("{kind}_lag_events"), "Events that were not taken in yet", events);
    registry.register(format!("{kind}_lag_seconds"), "Age of the oldest of them", seconds);
}

async fn register_timers(registry: &mut Registry, pool: &PgPool) -> sqlx::Result<()> {
    let (set, due, dead) = (Named::<Gauge>::default(), Named::<Gauge>::default(), Named::<Gauge>::default());
    for timers in lag::timers(pool).await? {
        let label = [("reactor", timers.reactor)];
        set.get_or_create(&label).set(timers.set);
        due.get_or_create(&label).set(timers.due);
        dead.get_or_create(&label).set(timers.dead_letters);
    }
    registry.register("reactor_timers", "Timers that are set", set);
    registry.register("reactor_timers_due", "Those whose time has come", due);
    registry.register("reactor_dead_letters", "Deeds that were given up", dead);
    Ok(())
}
