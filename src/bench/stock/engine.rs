use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::FromRef;
use booking_command_api::{Tables, Timetable};
use booking_domain::booking::Booking;
use booking_domain::departure::Flight;
use booking_domain::seat::Seat;
use booking_domain::values::{Cabins, DepartureId};
use booking_http::{Callers, Clock};
use booking_journal::Vault;
use postgres_es::{PostgresCqrs, postgres_cqrs};
use sqlx::postgres::PgPoolOptions;

use super::StockArgs;
use crate::database::DatabaseRole;
use crate::dev::DEMO;
use crate::exit::Failure;
use crate::roles;
use crate::settings::Settings;

/// `db/init.sql` of postgres-es, without what is not used here.
const EVENTS: &str = "
    create table events (
        aggregate_type text not null,
        aggregate_id   text not null,
        sequence       bigint check (sequence >= 0) not null,
        event_type     text not null,
        event_version  text not null,
        payload        json not null,
        metadata       json not null,
        primary key (aggregate_type, aggregate_id, sequence)
    )";

/// What the route works with. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub seats: Arc<PostgresCqrs<Seat>>,
    pub bookings: Arc<PostgresCqrs<Booking>>,
    pub flights: Arc<HashMap<DepartureId, (Flight, Cabins)>>,
    pub vault: Vault,
    pub callers: Callers,
    pub clock: Clock,
}

impl FromRef<Engine> for Callers {
    fn from_ref(engine: &Engine) -> Self {
        engine.callers.clone()
    }
}

impl Engine {
    /// Over a pool as the README makes it, but for its size.
    pub async fn open(settings: &Settings, args: &StockArgs) -> Result<Self, Failure> {
        let pool = PgPoolOptions::new().max_connections(args.pool).connect(&settings.database_url).await?;
        let (timetable, _) = Timetable::from_tables(&Tables::extract());
        let departures = timetable.departures(DEMO[0].id(), args.from, args.days);
        Ok(Self {
            seats: Arc::new(postgres_cqrs(pool.clone(), vec![], ())),
            bookings: Arc::new(postgres_cqrs(pool.clone(), vec![], ())),
            flights: Arc::new(departures.map(|on| (on.0.flight_id, on)).collect()),
            vault: Vault::new(pool, settings.master_key()?),
            // Tokens of the bench name no session, so nothing is ever looked up.
            callers: roles::callers(settings, DatabaseRole::Reader)?,
            clock: settings.clock,
        })
    }
}

/// Makes the table in an empty database.
///
/// # Errors
/// When Postgres cannot be asked, or it is there already.
pub async fn make_table(url: &str) -> Result<(), Failure> {
    let pool = crate::database::owner(url).await?;
    sqlx::query(EVENTS).execute(&pool).await?;
    pool.close().await;
    Ok(())
}
