//! Events of a departure, its seats and its pools -> its rows. Pure.

use std::collections::HashMap;

use booking_domain::Event;
use booking_domain::departure::DepartureEvent;
use booking_domain::event::Family;
use booking_domain::pool::PoolEvent;
use booking_domain::seat::SeatEvent;
use booking_domain::values::TenantId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::sheet::Columns;
use super::{FlightSheet, SeatMap, store};
use crate::fact::{Fact, Key, Poison};
use crate::model::Model;
use crate::projection::{Projection, Row, StoreFailure};
use crate::schema::Schema;

/// The projection of departures.
#[derive(Debug)]
pub struct Flights;

/// What happens to a departure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlightNews {
    Departure(DepartureEvent),
    Seat(SeatEvent),
    Pool(PoolEvent),
}

/// One departure: what is said about it, and what is left of it. The two are kept in tables of their own,
/// since one hardly ever changes and the other with every booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlightRow {
    /// Whose.
    pub tenant: TenantId,
    /// What is said about it.
    pub sheet: FlightSheet,
    /// What lists are filtered and sorted by; follows from the sheet.
    pub columns: Columns,
    /// Of the last event in the sheet.
    pub sheet_position: i64,
    /// What is left of it.
    pub map: SeatMap,
    /// Of the last event in the map.
    pub map_position: i64,
}

impl Row for FlightRow {
    fn position(&self) -> i64 {
        self.sheet_position.max(self.map_position)
    }

    fn into_loaded(mut self) -> Self {
        self.map.holders.clear();
        self
    }

    fn settled(mut self) -> Self {
        self.map.holders.retain(|_, holder| holder.is_some());
        self
    }

    fn table_rows(&self) -> u64 {
        2 + self.map.holders.values().flatten().count() as u64
    }

    /// Pools that shrank under those who were on them may be beyond their limit.
    fn broken_rules(&self) -> Vec<String> {
        if self.sheet.seat_map_changed_at.is_some() {
            return vec![];
        }
        let over = self.map.pools.iter().filter(|pool| pool.limit() < pool.claimed);
        over.map(|pool| format!("{} of {} places of {} are claimed", pool.claimed, pool.limit(), pool.class))
            .collect()
    }
}

impl FlightNews {
    const fn name(&self) -> &'static str {
        match self {
            Self::Departure(event) => event.name(),
            Self::Seat(event) => event.name(),
            Self::Pool(event) => event.name(),
        }
    }
}

impl Projection for Flights {
    const MODEL: Model = Model::Flight;
    const TABLES: &'static [&'static str] = &["flight_v1", "seat_map_v1", "seat_claim_v1"];
    const KEPT_MAX: usize = 10_000;
    const COUNT: &'static str = store::COUNT;
    const KEYS: &'static str = store::KEYS;
    type News = FlightNews;
    type Row = FlightRow;

    fn row_of(family: Family) -> Option<Uuid> {
        match family {
            Family::Departure(id) => Some(id.uuid()),
            Family::Tenant(_) | Family::Booking(_) | Family::Customer(..) | Family::User(..) => None,
        }
    }

    fn pick(event: Event) -> Option<FlightNews> {
        match event {
            Event::Departure(event) => Some(FlightNews::Departure(event)),
            Event::Seat(event) => Some(FlightNews::Seat(event)),
            Event::Pool(event) => Some(FlightNews::Pool(event)),
            Event::Tenant(_) | Event::Booking(_) | Event::Customer(_) | Event::User(_) => None,
        }
    }

    fn begins(news: &FlightNews) -> bool {
        match news {
            FlightNews::Departure(DepartureEvent::Scheduled { .. }) => true,
            FlightNews::Departure(
                DepartureEvent::Cancelled { .. }
                | DepartureEvent::SalesOpened { .. }
                | DepartureEvent::SalesClosed { .. }
                | DepartureEvent::Rescheduled { .. }
                | DepartureEvent::SeatMapChanged { .. }
                | DepartureEvent::Departed { .. }
                | DepartureEvent::RebookingRequested { .. }
                | DepartureEvent::BookingsSettled { .. },
            )
            | FlightNews::Seat(_)
            | FlightNews::Pool(_) => false,
        }
    }

    fn apply(row: &mut Option<FlightRow>, fact: &Fact<FlightNews>) -> Result<(), Poison> {
        let misfit = |why| Poison::Misfit { position: fact.position, event_type: fact.news.name(), why };
        match (&fact.news, row) {
            (FlightNews::Departure(event), row) => said(row, fact, event).map_err(misfit),
            (FlightNews::Seat(_) | FlightNews::Pool(_), None) => Err(misfit(NO_FLIGHT)),
            (FlightNews::Seat(_) | FlightNews::Pool(_), Some(row)) if fact.position <= row.map_position => {
                Ok(())
            }
            (FlightNews::Seat(event), Some(row)) => {
                row.map.seat(&row.sheet.cabins, event).map_err(misfit)?;
                row.map_position = fact.position;
                Ok(())
            }
            (FlightNews::Pool(event), Some(row)) => {
                row.map.pool(event).map_err(misfit)?;
                row.map_position = fact.position;
                Ok(())
            }
        }
    }

    async fn load(
        connection: &mut PgConnection,
        schema: Schema,
        keys: &[Key],
    ) -> Result<HashMap<Key, FlightRow>, StoreFailure> {
        store::load(connection, schema, keys).await
    }

    async fn store(
        connection: &mut PgConnection,
        schema: Schema,
        since: i64,
        rows: &HashMap<Key, FlightRow>,
    ) -> Result<(), StoreFailure> {
        store::store(connection, schema, since, rows.values()).await
    }

    async fn whole(
        connection: &mut PgConnection,
        schema: Schema,
        keys: &[Key],
    ) -> Result<HashMap<Key, FlightRow>, StoreFailure> {
        store::whole(connection, schema, keys).await
    }
}

const NO_FLIGHT: &str = "there is no such flight";

/// An event of the departure itself. The first one makes the map, too, and other cabins make it anew.
fn said(
    row: &mut Option<FlightRow>,
    fact: &Fact<FlightNews>,
    event: &DepartureEvent,
) -> Result<(), &'static str> {
    if row.as_ref().is_some_and(|row| fact.position <= row.sheet_position) {
        return Ok(());
    }
    let before = row.as_ref().map(|row| &row.sheet);
    let sheet = FlightSheet::after(before, event, fact.sequence).ok_or(NO_FLIGHT)?;
    let (map, map_position) = match row.take() {
        Some(row) if row.sheet.cabins != sheet.cabins && row.map_position < fact.position => {
            (row.map.remapped(&row.sheet.cabins, &sheet.cabins), fact.position)
        }
        Some(row) => (row.map, row.map_position),
        None => (SeatMap::empty(&sheet.cabins), fact.position),
    };
    let (columns, sheet_position) = (Columns::of(&sheet), fact.position);
    *row = Some(FlightRow { tenant: fact.key.tenant, sheet, columns, sheet_position, map, map_position });
    Ok(())
}
