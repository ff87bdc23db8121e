//! The seat map of a departure as answers show it.

use booking_domain::values::{BookingId, Cabin, Class, DepartureId, Money, SeatNumber};
use booking_http::PositionToken;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{FlightSheet, SeatMap};

/// `GET /flights/{id}/seats`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Seats)]
pub struct SeatsView {
    pub flight_id: DepartureId,
    /// Front to back, left to right.
    pub seats: Vec<SeatView>,
    /// Classes without numbers.
    pub pools: Vec<PoolView>,
    /// Such as `1.48213`: what has happened since is not in it.
    pub position: String,
}

/// One seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Seat)]
pub struct SeatView {
    pub seat_number: SeatNumber,
    pub class: Class,
    pub status: SeatStatus,
    pub is_available: bool,
    #[serde(serialize_with = "booking_http::instant::option::serialize")]
    pub reserved_at: Option<DateTime<Utc>>,
    pub price: Money,
    /// For staff only; null for a seat that nobody holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BookingId>)]
    pub booking_id: Option<Option<BookingId>>,
}

/// Whether a seat can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeatStatus {
    Available,
    Taken,
    /// Taken out of sale by staff.
    Blocked,
}

/// One class without numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Pool)]
pub struct PoolView {
    pub class: Class,
    /// Places that exist.
    pub capacity: u32,
    /// Places that may be sold beyond them.
    pub overbooking_limit: u32,
    pub claimed: u32,
    /// Places that can still be claimed, overbooking included.
    pub left: u32,
    /// For one passenger.
    pub price: Money,
}

impl SeatsView {
    /// The map with all its holders, for staff with the booking of each seat.
    pub fn new(sheet: &FlightSheet, map: &SeatMap, shown: PositionToken, is_for_staff: bool) -> Self {
        let numbered = sheet.cabins.iter().filter_map(|cabin| Some((cabin, cabin.rows()?)));
        let seats = numbered.flat_map(|(cabin, rows)| rows.seats().map(move |seat| (cabin, seat)));
        let seats = seats.enumerate();
        Self {
            flight_id: sheet.flight.flight_id,
            seats: seats
                .map(|(index, (cabin, seat))| seat_view(map, index, cabin, seat, is_for_staff))
                .collect(),
            pools: sheet.cabins.iter().filter_map(|cabin| pool_view(map, cabin)).collect(),
            position: shown.to_string(),
        }
    }
}

fn seat_view(map: &SeatMap, index: usize, cabin: &Cabin, seat: SeatNumber, is_for_staff: bool) -> SeatView {
    let status = match (map.taken.has(index), map.blocked.has(index)) {
        (true, _) => SeatStatus::Taken,
        (false, true) => SeatStatus::Blocked,
        (false, false) => SeatStatus::Available,
    };
    let holder = map.holders.get(&seat).copied().flatten();
    SeatView {
        seat_number: seat,
        class: cabin.class.clone(),
        status,
        is_available: status == SeatStatus::Available,
        reserved_at: holder.map(|holder| holder.claimed_at),
        price: cabin.price,
        booking_id: is_for_staff.then(|| holder.map(|holder| holder.booking_id)),
    }
}

fn pool_view(map: &SeatMap, cabin: &Cabin) -> Option<PoolView> {
    if cabin.rows().is_some() {
        return None;
    }
    let pool = map.count_of(&cabin.class)?;
    Some(PoolView {
        class: cabin.class.clone(),
        capacity: pool.capacity,
        overbooking_limit: pool.overbooking_limit,
        claimed: pool.claimed,
        left: pool.left(),
        price: cabin.price,
    })
}
