//! Placing a booking: several items over several departures, all or nothing.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::wanted::{Unit, Wanted};
use crate::booking::{Awaiting, Booking, BookingCommand, Claim, Item, Order, Passenger};
use crate::departure::{Departure, Flight, Schedule};
use crate::event::{Family, StreamId};
use crate::pool::{Pool, PoolClaim, PoolCommand};
use crate::refusal::{Refusal, SaleRefusal};
use crate::seat::{Seat, SeatCommand};
use crate::tenant::{Settings, Tenant};
use crate::values::{
    Actor, BookingId, BookingReference, CustomerId, DepartureId, Money, PriceKind, PriceLine, Sealed, Span,
    TenantId, Terms, UserId,
};
use crate::world::{Draft, Name, NameKind};

/// An order as it comes in, with everything that deciding needs besides the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBooking {
    pub booking_id: BookingId,
    /// Tried in order; the first that is not another booking's is taken.
    pub references: Vec<BookingReference>,
    pub user_id: Option<UserId>,
    pub customer_id: CustomerId,
    pub by: Actor,
    /// At least one.
    pub wanted: Vec<Wanted>,
    pub passengers: Vec<Passenger>,
    pub special_requests: Option<Sealed>,
    pub notes: Option<Sealed>,
    /// When given, the order is refused if it would cost anything else.
    pub expected_total: Option<Money>,
    /// Fresh ids, two for each passenger of each wanted departure: an item's and a claim's.
    pub fresh: Vec<Uuid>,
    pub now: DateTime<Utc>,
}

impl PlaceBooking {
    pub(super) fn needs(&self, tenant: TenantId) -> Vec<Family> {
        let flights = self.wanted.iter().map(|wanted| Family::Departure(wanted.flight_id));
        std::iter::once(Family::Tenant(tenant)).chain(flights).collect()
    }

    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let tenant: Tenant = draft.read(&StreamId::Tenant(draft.tenant()));
        let settings = tenant.selling()?;
        let mut fresh = self.fresh.iter().copied();
        let (mut items, mut flights) = (vec![], vec![]);
        for wanted in &self.wanted {
            let schedule = self.on_sale(draft, wanted.flight_id)?;
            let units = wanted.choose(draft, &schedule)?;
            items.extend(self.claim(
                draft,
                wanted,
                &schedule.flight,
                units,
                &settings.departure_terms(),
                &mut fresh,
            )?);
            if !flights.contains(&schedule.flight) {
                flights.push(schedule.flight.clone());
            }
        }
        let total_price = self.total(&items)?;
        let order = self.order(draft, items, flights, total_price, settings);
        let stream = StreamId::Booking(self.booking_id);
        let value = order.booking_reference.to_string();
        draft.claim(
            Name { tenant: Some(draft.tenant()), kind: NameKind::BookingReference, value },
            stream.clone(),
        );
        let place = BookingCommand::Place { order: Box::new(order), by: self.by, now: self.now };
        Ok(draft.command::<Booking>(&stream, place)?)
    }

    /// The departure, if it can be booked now (S3-7).
    fn on_sale(
        &self,
        draft: &mut Draft<'_>,
        flight_id: DepartureId,
    ) -> Result<std::sync::Arc<Schedule>, Refusal> {
        let unavailable = |text: String| Err(SaleRefusal::FlightUnavailable(text).into());
        match draft.read(&StreamId::Departure(flight_id)) {
            Departure::Absent => unavailable(format!("there is no flight {flight_id}")),
            Departure::Cancelled(schedule) => {
                unavailable(format!("flight {} was cancelled", schedule.flight.flight_number))
            }
            Departure::Scheduled(schedule) if schedule.flight.departure.at <= self.now => {
                unavailable(format!("flight {} has departed", schedule.flight.flight_number))
            }
            Departure::Scheduled(schedule) if !schedule.sales_open => {
                unavailable(format!("flight {} is not on sale", schedule.flight.flight_number))
            }
            Departure::Scheduled(schedule) => Ok(schedule),
        }
    }

    /// Claims the units found, one item for each passenger.
    fn claim(
        &self,
        draft: &mut Draft<'_>,
        wanted: &Wanted,
        flight: &Flight,
        units: Vec<Unit>,
        terms: &Terms,
        fresh: &mut impl Iterator<Item = Uuid>,
    ) -> Result<Vec<Item>, Refusal> {
        let span =
            Span::new(flight.departure.at, flight.arrival.at).expect("a scheduled flight arrives later");
        let mut next = || fresh.next().expect("two fresh ids come with each passenger of each departure");
        let (flight_id, booking_id, now) = (wanted.flight_id, self.booking_id, self.now);
        let mut items = vec![];
        for (passenger, unit) in wanted.passengers.iter().zip(units) {
            let (item_id, claim_id) = (next().into(), next().into());
            let (claim, price) = match unit {
                Unit::Seat(seat_number, class, price) => {
                    let command = SeatCommand::Claim {
                        flight_id,
                        seat_number,
                        class: class.clone(),
                        claim_id,
                        booking_id,
                        item_id,
                        now,
                    };
                    draft.command::<Seat>(&StreamId::Seat(flight_id, seat_number), command)?;
                    (Claim::Seat { claim_id, flight_id, class, seat_number, span }, price)
                }
                Unit::Place(class, price) => {
                    (Claim::Pool { claim_id, flight_id, class, units: 1, span }, price)
                }
            };
            let price_lines = vec![PriceLine { kind: PriceKind::Fare, price }];
            items.push(Item {
                item_id,
                claim,
                passenger_id: Some(*passenger),
                price_lines,
                terms: terms.clone(),
            });
        }
        self.claim_places(draft, flight_id, &items)?;
        Ok(items)
    }

    /// Places of one pool are claimed by one command, so that they are taken together.
    fn claim_places(
        &self,
        draft: &mut Draft<'_>,
        flight_id: DepartureId,
        items: &[Item],
    ) -> Result<(), Refusal> {
        let mut claims = vec![];
        let mut pool = None;
        for item in items {
            if let Claim::Pool { claim_id, class, units, .. } = &item.claim {
                claims.push(PoolClaim { claim_id: *claim_id, item_id: item.item_id, units: *units });
                pool = Some(class.clone());
            }
        }
        let Some(class) = pool else { return Ok(()) };
        let stream = StreamId::Pool(flight_id, class.clone());
        let command =
            PoolCommand::Claim { flight_id, class, booking_id: self.booking_id, claims, now: self.now };
        Ok(draft.command::<Pool>(&stream, command)?)
    }

    fn total(&self, items: &[Item]) -> Result<Money, Refusal> {
        let mut lines = items.iter().flat_map(|item| &item.price_lines).map(|line| line.price);
        let first = lines.next().ok_or(crate::booking::BookingRefusal::NothingOrdered)?;
        let total = lines.try_fold(first, |sum, price| match sum.plus(price) {
            Ok(sum) => Ok(sum),
            Err(_) if sum.currency != price.currency => Err(SaleRefusal::MixedCurrencies),
            Err(_) => Err(SaleRefusal::SumTooLarge),
        })?;
        match self.expected_total {
            Some(expected) if expected != total => {
                Err(SaleRefusal::PriceChanged { expected, now: total }.into())
            }
            Some(_) | None => Ok(total),
        }
    }

    fn order(
        &self,
        draft: &Draft<'_>,
        items: Vec<Item>,
        flights: Vec<Flight>,
        total_price: Money,
        settings: &Settings,
    ) -> Order {
        let stream = StreamId::Booking(self.booking_id);
        let free = |reference: &&BookingReference| {
            let (tenant, value) = (Some(draft.tenant()), reference.to_string());
            !draft.is_anothers(&Name { tenant, kind: NameKind::BookingReference, value }, &stream)
        };
        let reference = self.references.iter().find(free).or(self.references.last());
        let window = settings.payment_window_minutes;
        let awaits_payment = 0 < total_price.minor && 0 < window;
        Order {
            booking_id: self.booking_id,
            booking_reference: reference.expect("an order comes with references to try").clone(),
            user_id: self.user_id,
            customer_id: self.customer_id,
            flight_id: flights.first().map(|flight| flight.flight_id),
            flights,
            seats: items.iter().filter_map(|item| item.claim.seat_number()).collect(),
            items,
            passengers: self.passengers.clone(),
            total_price,
            currency: total_price.currency,
            special_requests: self.special_requests.clone(),
            notes: self.notes.clone(),
            awaiting: awaits_payment.then_some(Awaiting::Payment),
            payment_due_at: awaits_payment.then(|| self.now + TimeDelta::minutes(i64::from(window))),
        }
    }
}
