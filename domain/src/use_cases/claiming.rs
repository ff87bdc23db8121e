//! Claiming the units that were chosen, and letting go of those that are no longer needed.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::wanted::{Unit, Wanted};
use crate::booking::{Booking, Claim, Item};
use crate::departure::{Departure, Flight, Schedule};
use crate::event::StreamId;
use crate::pool::{Pool, PoolClaim, PoolCommand};
use crate::refusal::{Refusal, SaleRefusal};
use crate::seat::{ReleaseCause, Seat, SeatCommand};
use crate::tenant::Settings;
use crate::values::{
    BookingId, ClaimId, Class, DepartureId, ItemId, Money, PriceKind, PriceLine, Seating, Span, Terms,
};
use crate::world::Draft;

/// Claims for one booking.
pub(super) struct Claiming {
    pub booking_id: BookingId,
    pub now: DateTime<Utc>,
}

/// The departure, if it can be booked now (S3-7).
pub(super) fn on_sale(
    draft: &mut Draft<'_>,
    flight_id: DepartureId,
    now: DateTime<Utc>,
) -> Result<Arc<Schedule>, Refusal> {
    let schedule = ahead(draft, flight_id, now)?;
    if !schedule.sales_open {
        let text = format!("flight {} is not on sale", schedule.flight.flight_number);
        return Err(SaleRefusal::FlightUnavailable(text).into());
    }
    Ok(schedule)
}

/// The departure, if it will take place: whoever is on it already may sit elsewhere, on sale or not.
pub(super) fn ahead(
    draft: &mut Draft<'_>,
    flight_id: DepartureId,
    now: DateTime<Utc>,
) -> Result<Arc<Schedule>, Refusal> {
    let unavailable = |text: String| Err(SaleRefusal::FlightUnavailable(text).into());
    match draft.read(&StreamId::Departure(flight_id)) {
        Departure::Absent => unavailable(format!("there is no flight {flight_id}")),
        Departure::Cancelled(schedule) => {
            unavailable(format!("flight {} was cancelled", schedule.flight.flight_number))
        }
        Departure::Departed(schedule) => unavailable(has_departed(&schedule)),
        Departure::Scheduled(schedule) if schedule.flight.departure.at <= now => {
            unavailable(has_departed(&schedule))
        }
        Departure::Scheduled(schedule) => Ok(schedule),
    }
}

fn has_departed(schedule: &Schedule) -> String {
    format!("flight {} has departed", schedule.flight.flight_number)
}

/// Whether the departure still sells the unit of a claim, in its class. After another aircraft came it may not.
pub(super) fn has_unit(schedule: &Schedule, claim: &Claim) -> bool {
    let seating = schedule.cabins.of(claim.class()).map(|cabin| &cabin.seating);
    match (claim, seating) {
        (Claim::Seat { seat_number, .. }, Some(Seating::Numbered(rows))) => {
            rows.index_of(*seat_number).is_some()
        }
        (Claim::Pool { .. }, Some(Seating::Counted(_))) => true,
        (Claim::Seat { .. }, Some(Seating::Counted(_)) | None)
        | (Claim::Pool { .. }, Some(Seating::Numbered(_)) | None) => false,
    }
}

/// The same, as a refusal.
pub(super) fn must_have_unit(schedule: &Schedule, claim: &Claim) -> Result<(), Refusal> {
    if has_unit(schedule, claim) {
        return Ok(());
    }
    let flight_number = schedule.flight.flight_number.clone();
    Err(match claim {
        Claim::Seat { seat_number, .. } => {
            SaleRefusal::NoSuchSeat { flight_number, seat_number: *seat_number }
        }
        Claim::Pool { class, .. } => SaleRefusal::NoSuchClass { flight_number, class: class.clone() },
    }
    .into())
}

/// When it takes place.
pub(super) fn span_of(flight: &Flight) -> Span {
    Span::new(flight.departure.at, flight.arrival.at).expect("a scheduled flight arrives later")
}

impl Claiming {
    /// Chooses and claims all that is wanted, and answers the items with their departures, each once.
    pub(super) fn wanted(
        &self,
        draft: &mut Draft<'_>,
        wanted: &[Wanted],
        settings: &Settings,
        fresh: &[Uuid],
    ) -> Result<(Vec<Item>, Vec<Flight>), Refusal> {
        let (mut fresh, terms) = (fresh.iter().copied(), settings.departure_terms());
        let (mut items, mut flights) = (vec![], vec![]);
        for wanted in wanted {
            let schedule = on_sale(draft, wanted.flight_id, self.now)?;
            let units = wanted.choose(draft, &schedule)?;
            items.extend(self.items(draft, wanted, &schedule.flight, units, &terms, &mut fresh)?);
            if !flights.contains(&schedule.flight) {
                flights.push(schedule.flight.clone());
            }
        }
        Ok((items, flights))
    }

    /// Claims the units found, one new item for each passenger. Two fresh ids are taken for each.
    pub(super) fn items(
        &self,
        draft: &mut Draft<'_>,
        wanted: &Wanted,
        flight: &Flight,
        units: Vec<Unit>,
        terms: &Terms,
        fresh: &mut impl Iterator<Item = Uuid>,
    ) -> Result<Vec<Item>, Refusal> {
        let mut next = || fresh.next().expect("two fresh ids come with each passenger of each departure");
        let mut items = vec![];
        for (passenger, unit) in wanted.passengers.iter().zip(units) {
            let (item_id, claim_id): (ItemId, ClaimId) = (next().into(), next().into());
            let (claim, price) = claim(flight, unit, claim_id);
            items.push(Item {
                item_id,
                claim,
                passenger_id: Some(*passenger),
                price_lines: vec![PriceLine { kind: PriceKind::Fare, price }],
                terms: terms.clone(),
            });
        }
        let claims = items.iter().map(|item| (item.item_id, &item.claim));
        self.all(draft, wanted.flight_id, claims)?;
        Ok(items)
    }

    /// Claims units of one departure for items: each seat, and the places of a pool together.
    pub(super) fn all<'i>(
        &self,
        draft: &mut Draft<'_>,
        flight_id: DepartureId,
        items: impl Iterator<Item = (ItemId, &'i Claim)>,
    ) -> Result<(), Refusal> {
        let (booking_id, now) = (self.booking_id, self.now);
        let mut pools: Vec<(Class, Vec<PoolClaim>)> = vec![];
        for (item_id, claim) in items {
            match claim.clone() {
                Claim::Seat { claim_id, class, seat_number, .. } => {
                    let stream = StreamId::Seat(flight_id, seat_number);
                    let claim = SeatCommand::Claim {
                        flight_id,
                        seat_number,
                        class,
                        claim_id,
                        booking_id,
                        item_id,
                        now,
                    };
                    draft.command::<Seat>(&stream, claim)?;
                }
                Claim::Pool { claim_id, class, units, .. } => {
                    let claim = PoolClaim { claim_id, item_id, units };
                    match pools.iter_mut().find(|(of, _)| *of == class) {
                        Some((_, claims)) => claims.push(claim),
                        None => pools.push((class, vec![claim])),
                    }
                }
            }
        }
        for (class, claims) in pools {
            let stream = StreamId::Pool(flight_id, class.clone());
            draft
                .command::<Pool>(&stream, PoolCommand::Claim { flight_id, class, booking_id, claims, now })?;
        }
        Ok(())
    }
}

/// The claim of a unit, and what it costs.
pub(super) fn claim(flight: &Flight, unit: Unit, claim_id: ClaimId) -> (Claim, Money) {
    let span = span_of(flight);
    let flight_id = flight.flight_id;
    match unit {
        Unit::Seat(seat_number, class, price) => {
            (Claim::Seat { claim_id, flight_id, class, seat_number, span }, price)
        }
        Unit::Place(class, price) => (Claim::Pool { claim_id, flight_id, class, units: 1, span }, price),
    }
}

/// Frees the unit of an item, whatever it is.
pub(super) fn release(
    draft: &mut Draft<'_>,
    item: &Item,
    cause: ReleaseCause,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    match &item.claim {
        Claim::Seat { claim_id, flight_id, seat_number, .. } => {
            let release = SeatCommand::Release { claim_id: *claim_id, cause, now };
            draft.command::<Seat>(&StreamId::Seat(*flight_id, *seat_number), release)?;
        }
        Claim::Pool { claim_id, flight_id, class, .. } => {
            let (flight_id, class, claim_id) = (*flight_id, class.clone(), *claim_id);
            let stream = StreamId::Pool(flight_id, class.clone());
            let release = PoolCommand::Release { flight_id, class, claim_id, cause, now };
            draft.command::<Pool>(&stream, release)?;
        }
    }
    Ok(())
}

/// Frees what the booking held before this request's command and does not hold after it.
pub(super) fn release_lost(
    draft: &mut Draft<'_>,
    before: &Booking,
    stream: &StreamId,
    cause: ReleaseCause,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let kept: Vec<ClaimId> = draft.peek::<Booking, _>(stream, |booking| {
        booking.live_items().map(|item| item.claim.claim_id()).collect()
    });
    let lost = before.live_items().filter(|item| !kept.contains(&item.claim.claim_id()));
    lost.into_iter().try_for_each(|item| release(draft, item, cause, now))
}
