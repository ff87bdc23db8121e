//! Events of a booking -> its row. Pure.

use std::collections::HashMap;

use booking_domain::Event;
use booking_domain::booking::{BookingEvent, Sheet};
use booking_domain::event::Family;
use booking_domain::values::TenantId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{columns::Columns, store};
use crate::fact::{Fact, Key, Poison};
use crate::model::Model;
use crate::projection::{Projection, Row, StoreFailure};
use crate::schema::Schema;

/// The projection of bookings.
#[derive(Debug)]
pub struct Bookings;

/// One booking: the sheet that both faces answer with, personal fields sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingRow {
    /// Whose.
    pub tenant: TenantId,
    /// All that its events have said.
    pub sheet: Sheet,
    /// What lists are filtered and sorted by; follows from the sheet.
    pub columns: Columns,
    /// Of the last of them.
    pub position: i64,
}

impl Row for BookingRow {
    fn position(&self) -> i64 {
        self.position
    }

    fn into_loaded(self) -> Self {
        self
    }

    fn settled(self) -> Self {
        self
    }

    fn table_rows(&self) -> u64 {
        1
    }

    fn broken_rules(&self) -> Vec<String> {
        vec![]
    }
}

impl Projection for Bookings {
    const MODEL: Model = Model::Booking;
    const TABLES: &'static [&'static str] = &["booking_v1"];
    const KEPT_MAX: usize = 0;
    const COUNT: &'static str = store::COUNT;
    const KEYS: &'static str = store::KEYS;
    type News = BookingEvent;
    type Row = BookingRow;

    fn row_of(family: Family) -> Option<Uuid> {
        match family {
            Family::Booking(id) => Some(id.uuid()),
            Family::Tenant(_) | Family::Departure(_) | Family::Customer(..) | Family::User(..) => None,
        }
    }

    fn pick(event: Event) -> Option<BookingEvent> {
        match event {
            Event::Booking(event) => Some(event),
            Event::Tenant(_)
            | Event::Departure(_)
            | Event::Seat(_)
            | Event::Pool(_)
            | Event::Customer(_)
            | Event::User(_) => None,
        }
    }

    fn begins(news: &BookingEvent) -> bool {
        matches!(news, BookingEvent::Created { .. } | BookingEvent::Held { .. })
    }

    fn apply(row: &mut Option<BookingRow>, fact: &Fact<BookingEvent>) -> Result<(), Poison> {
        if row.as_ref().is_some_and(|row| fact.position <= row.position) {
            return Ok(());
        }
        let before = row.take().map(|row| row.sheet);
        let Some(sheet) = Sheet::after(before, &fact.news, fact.sequence) else {
            let (position, event_type) = (fact.position, fact.news.name());
            return Err(Poison::Misfit { position, event_type, why: "there is no such booking" });
        };
        let columns = Columns::of(&sheet);
        *row = Some(BookingRow { tenant: fact.key.tenant, sheet, columns, position: fact.position });
        Ok(())
    }

    async fn load(
        connection: &mut PgConnection,
        schema: Schema,
        keys: &[Key],
    ) -> Result<HashMap<Key, BookingRow>, StoreFailure> {
        store::load(connection, schema, keys).await
    }

    async fn store(
        connection: &mut PgConnection,
        schema: Schema,
        since: i64,
        rows: &HashMap<Key, BookingRow>,
    ) -> Result<(), StoreFailure> {
        let changed: Vec<_> = rows.values().filter(|row| since < row.position).collect();
        store::store(connection, schema, &changed).await
    }

    async fn whole(
        connection: &mut PgConnection,
        schema: Schema,
        keys: &[Key],
    ) -> Result<HashMap<Key, BookingRow>, StoreFailure> {
        store::load(connection, schema, keys).await
    }
}
