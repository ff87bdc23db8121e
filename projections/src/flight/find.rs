//! Departures as queries read them.

use std::collections::BTreeMap;

use booking_domain::values::{BookingId, DepartureId, SeatNumber};
use booking_http::PositionToken;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Bits, FlightSheet, Holder, SeatMap};
use crate::api::QueryFailure;
use crate::scope::Scoped;

/// A departure without who holds its seats.
#[derive(FromRow)]
pub struct Stored {
    document: String,
    taken: Vec<u8>,
    blocked: Vec<u8>,
    pools: String,
}

#[derive(FromRow)]
struct Claims {
    seats: Vec<String>,
    bookings: Vec<Uuid>,
    claimed: Vec<DateTime<Utc>>,
}

impl Stored {
    pub fn read(self) -> Result<(FlightSheet, SeatMap), QueryFailure> {
        let map = SeatMap {
            taken: Bits::from_bytes(self.taken),
            blocked: Bits::from_bytes(self.blocked),
            pools: serde_json::from_str(&self.pools)?,
            holders: BTreeMap::new(),
        };
        Ok((serde_json::from_str(&self.document)?, map))
    }
}

/// What the read model shows.
pub async fn shown(scoped: &mut Scoped) -> Result<PositionToken, QueryFailure> {
    let (epoch, position) = sqlx::query_as(SHOWN).fetch_one(scoped.connection()).await?;
    Ok(PositionToken { epoch, position })
}

/// The departure, if there is one, without who holds its seats.
pub async fn flight(
    scoped: &mut Scoped,
    id: DepartureId,
) -> Result<Option<(FlightSheet, SeatMap)>, QueryFailure> {
    let query = sqlx::query_as::<_, Stored>(FLIGHT).bind(scoped.tenant()).bind(id.uuid());
    query.fetch_optional(scoped.connection()).await?.map(Stored::read).transpose()
}

/// Who holds the seats of a departure.
pub async fn holders(
    scoped: &mut Scoped,
    id: DepartureId,
) -> Result<BTreeMap<SeatNumber, Option<Holder>>, QueryFailure> {
    let query = sqlx::query_as(HOLDERS).bind(scoped.tenant()).bind(id.uuid());
    let Claims { seats, bookings, claimed } = query.fetch_one(scoped.connection()).await?;
    let holders = bookings.into_iter().map(BookingId::new).zip(claimed);
    let holders = holders.map(|(booking_id, claimed_at)| Some(Holder { booking_id, claimed_at }));
    let seats = seats.into_iter().map(|seat| SeatNumber::try_from(seat).map_err(serde::de::Error::custom));
    Ok(seats.zip(holders).map(|(seat, holder)| Ok((seat?, holder))).collect::<serde_json::Result<_>>()?)
}

const SHOWN: &str = "select epoch, position from read.checkpoint where name = 'flight_v1'";

const FLIGHT: &str = "
    select document, taken, blocked, pools
    from read.flight_v1
    join read.seat_map_v1 using (tenant_id, flight_id)
    where tenant_id = $1 and flight_id = $2";

/// One row of arrays is read several times faster than hundreds of rows.
const HOLDERS: &str = "
    select coalesce(array_agg(seat_number), '{}') as seats,
           coalesce(array_agg(booking_id), '{}') as bookings,
           coalesce(array_agg(claimed_at), '{}') as claimed
    from read.seat_claim_v1
    where tenant_id = $1 and flight_id = $2";
