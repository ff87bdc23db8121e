//! Placing a booking: several items over several departures, all or nothing.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::choose::together;
use crate::booking::{Awaiting, Booking, BookingCommand, Claim, Item, Order, Passenger};
use crate::departure::{Departure, Flight, Schedule};
use crate::event::{Family, StreamId};
use crate::pool::{Pool, PoolClaim, PoolCommand};
use crate::refusal::{Refusal, SaleRefusal, SeatOffer, TakenSeat};
use crate::seat::{Seat, SeatCommand};
use crate::tenant::{Settings, Tenant};
use crate::values::{
    Actor, BookingId, BookingReference, Cabin, Class, CustomerId, DepartureId, Money, PassengerId, PriceKind,
    PriceLine, Rows, Sealed, SeatNumber, Seating, Span, TenantId, Terms, UserId,
};
use crate::world::{Draft, Name, NameKind, Touch};

/// At most so many free seats are offered in place of a taken one.
const ALTERNATIVES_MAX: usize = 6;

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

/// Seats or places on one departure for some of the passengers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub flight_id: DepartureId,
    pub class: Option<Class>,
    pub seats: Seats,
    /// Those who travel here and need a seat.
    pub passengers: Vec<PassengerId>,
}

/// Which seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seats {
    /// Exactly these, one per passenger, or none at all.
    Exactly(Vec<SeatNumber>),
    /// These as far as they are free, the best free ones for the rest. Empty: any.
    Preferring(Vec<SeatNumber>),
}

/// A unit that was found for a passenger.
enum Unit {
    Seat(SeatNumber, Class, Money),
    Place(Class, Money),
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

impl Wanted {
    /// A unit for each passenger, chosen on the world's occupancy.
    fn choose(&self, draft: &mut Draft<'_>, schedule: &Schedule) -> Result<Vec<Unit>, Refusal> {
        match &self.seats {
            Seats::Exactly(seats) => self.exactly(draft, schedule, seats),
            Seats::Preferring(wishes) => self.preferring(draft, schedule, wishes),
        }
    }

    fn exactly(
        &self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        seats: &[SeatNumber],
    ) -> Result<Vec<Unit>, Refusal> {
        if seats.len() != self.passengers.len() {
            return Err(
                SaleRefusal::SeatCount { seats: seats.len(), passengers: self.passengers.len() }.into()
            );
        }
        let (mut units, mut taken) = (vec![], vec![]);
        for seat in seats {
            let cabin = self.cabin_with(schedule, *seat)?;
            units.push(Unit::Seat(*seat, cabin.class.clone(), cabin.price));
            let stream = StreamId::Seat(self.flight_id, *seat);
            draft.touch(Touch::Stream(stream.clone()));
            taken.extend(draft.peek::<Seat, _>(&stream, |state| taken_seat(*seat, state)));
        }
        if taken.is_empty() {
            return Ok(units);
        }
        let alternatives = self.alternatives(draft, schedule, seats);
        Err(SaleRefusal::SeatsTaken { taken, alternatives }.into())
    }

    fn preferring(
        &self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        wishes: &[SeatNumber],
    ) -> Result<Vec<Unit>, Refusal> {
        for seat in wishes {
            self.cabin_with(schedule, *seat)?;
        }
        for cabin in self.cabins(schedule, wishes)? {
            let units = match &cabin.seating {
                Seating::Numbered(rows) => self.seats_in(draft, cabin, rows, wishes),
                Seating::Counted(_) => self.places_in(draft, cabin),
            };
            if let Some(units) = units {
                return Ok(units);
            }
        }
        draft.touch(Touch::Family(Family::Departure(self.flight_id)));
        Err(self.too_full(draft, schedule, wishes))
    }

    /// The cabins to try: the one asked for, else the first wish's, else the cheapest first.
    fn cabins<'s>(&self, schedule: &'s Schedule, wishes: &[SeatNumber]) -> Result<Vec<&'s Cabin>, Refusal> {
        if let Some(class) = &self.class {
            let flight_number = schedule.flight.flight_number.clone();
            let unknown = || SaleRefusal::NoSuchClass { flight_number, class: class.clone() };
            return Ok(vec![schedule.cabins.of(class).ok_or_else(unknown)?]);
        }
        if let Some(wish) = wishes.first() {
            return Ok(vec![self.cabin_with(schedule, *wish)?]);
        }
        let mut cabins: Vec<&Cabin> = schedule.cabins.iter().collect();
        cabins.sort_by_key(|cabin| cabin.price.minor);
        Ok(cabins)
    }

    /// The wishes that are free, and the best of the rest together.
    fn seats_in(
        &self,
        draft: &mut Draft<'_>,
        cabin: &Cabin,
        rows: &Rows,
        wishes: &[SeatNumber],
    ) -> Option<Vec<Unit>> {
        let needed = self.passengers.len();
        let free =
            |draft: &mut Draft<'_>, seat| draft.peek(&StreamId::Seat(self.flight_id, seat), Seat::is_free);
        let mut chosen: Vec<SeatNumber> = wishes
            .iter()
            .copied()
            .filter(|wish| rows.index_of(*wish).is_some() && free(draft, *wish))
            .take(needed)
            .collect();
        let rest =
            together(rows, needed - chosen.len(), |seat| !chosen.contains(&seat) && free(draft, seat))?;
        chosen.extend(rest);
        let unit = |seat| Unit::Seat(seat, cabin.class.clone(), cabin.price);
        Some(chosen.into_iter().map(unit).collect())
    }

    fn places_in(&self, draft: &mut Draft<'_>, cabin: &Cabin) -> Option<Vec<Unit>> {
        let needed = self.passengers.len();
        let left = draft.peek(&StreamId::Pool(self.flight_id, cabin.class.clone()), Pool::left);
        let fits = needed <= left as usize;
        fits.then(|| (0..needed).map(|_| Unit::Place(cabin.class.clone(), cabin.price)).collect())
    }

    fn too_full(&self, draft: &mut Draft<'_>, schedule: &Schedule, wishes: &[SeatNumber]) -> Refusal {
        let cabins = self.cabins(schedule, wishes).unwrap_or_default();
        let free = cabins.iter().map(|cabin| self.free_in(draft, cabin)).max().unwrap_or(0);
        let (number, asked) = (&schedule.flight.flight_number, self.passengers.len());
        let seats = if free == 1 { "seat" } else { "seats" };
        let passengers = if asked == 1 { "passenger" } else { "passengers" };
        SaleRefusal::FlightUnavailable(format!(
            "Flight {number} has only {free} {seats} available but {asked} {passengers} requested"
        ))
        .into()
    }

    fn free_in(&self, draft: &mut Draft<'_>, cabin: &Cabin) -> usize {
        match &cabin.seating {
            Seating::Numbered(rows) => {
                let free =
                    |seat: &SeatNumber| draft.peek(&StreamId::Seat(self.flight_id, *seat), Seat::is_free);
                rows.seats().filter(free).count()
            }
            Seating::Counted(_) => {
                draft.peek(&StreamId::Pool(self.flight_id, cabin.class.clone()), Pool::left) as usize
            }
        }
    }

    /// Free seats of the cabin of the first seat asked for: the best ones together, then the foremost.
    fn alternatives(
        &self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        seats: &[SeatNumber],
    ) -> Vec<SeatOffer> {
        let cabin = seats.first().and_then(|seat| schedule.cabins.with_seat(*seat));
        let Some((cabin, rows)) = cabin.and_then(|cabin| Some((cabin, cabin.rows()?))) else { return vec![] };
        let mut free =
            |seat| !seats.contains(&seat) && draft.peek(&StreamId::Seat(self.flight_id, seat), Seat::is_free);
        let mut offered = together(rows, seats.len().min(ALTERNATIVES_MAX), &mut free).unwrap_or_default();
        for seat in rows.seats() {
            if ALTERNATIVES_MAX <= offered.len() {
                break;
            }
            if !offered.contains(&seat) && free(seat) {
                offered.push(seat);
            }
        }
        let offer = |seat_number| SeatOffer { seat_number, class: cabin.class.clone(), price: cabin.price };
        offered.into_iter().map(offer).collect()
    }

    fn cabin_with<'s>(&self, schedule: &'s Schedule, seat_number: SeatNumber) -> Result<&'s Cabin, Refusal> {
        let of_class = |cabin: &&Cabin| self.class.as_ref().is_none_or(|class| *class == cabin.class);
        let flight_number = schedule.flight.flight_number.clone();
        let unknown = || SaleRefusal::NoSuchSeat { flight_number, seat_number };
        Ok(schedule.cabins.with_seat(seat_number).filter(of_class).ok_or_else(unknown)?)
    }
}

fn taken_seat(seat_number: SeatNumber, seat: &Seat) -> Option<TakenSeat> {
    match seat {
        Seat::Free => None,
        Seat::Claimed { at, .. } => Some(TakenSeat { seat_number, status: "taken", since: Some(*at) }),
        Seat::Blocked { .. } => Some(TakenSeat { seat_number, status: "blocked", since: None }),
    }
}
