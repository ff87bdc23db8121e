//! Units that are added to a booking, and units in place of others.

use uuid::Uuid;

use super::{AddItems, ChangeBooking, MoveItems, Moved};
use crate::booking::{Booking, BookingCommand, BookingRefusal, Item, ItemMove, Passenger};
use crate::departure::Flight;
use crate::refusal::{Refusal, SaleRefusal};
use crate::seat::ReleaseCause;
use crate::tenant::Settings;
use crate::use_cases::claiming::{Claiming, ahead, claim, must_have_unit, on_sale, release};
use crate::use_cases::wanted::{Seats, Unit, Wanted};
use crate::values::{Cabins, ClaimId, Class, ItemId, PassengerId, PriceKind, PriceLine, SeatNumber};
use crate::world::Draft;

impl ChangeBooking {
    pub(super) fn add_items(
        &self,
        draft: &mut Draft<'_>,
        before: &Booking,
        add: &AddItems,
        settings: &Settings,
    ) -> Result<(), Refusal> {
        before.changeable(self.by, self.now)?;
        let claiming = Claiming { booking_id: self.booking_id, now: self.now };
        let (mut fresh, mut newcomers) = (add.fresh.iter().copied(), add.newcomers.clone());
        for wanted in &add.wanted {
            let schedule = on_sale(draft, wanted.flight_id, self.now)?;
            known(before, wanted, &add.newcomers)?;
            let units = wanted.choose(draft, &schedule)?;
            let (flight, terms) = (&schedule.flight, settings.departure_terms());
            for item in claiming.items(draft, wanted, flight, units, &terms, &mut fresh)? {
                self.add_item(draft, item, flight, &mut newcomers, settings)?;
            }
        }
        Ok(())
    }

    /// A newcomer comes with the first of their items.
    fn add_item(
        &self,
        draft: &mut Draft<'_>,
        item: Item,
        flight: &Flight,
        newcomers: &mut Vec<Passenger>,
        settings: &Settings,
    ) -> Result<(), Refusal> {
        let newcomer = newcomers.iter().position(|one| Some(one.id) == item.passenger_id);
        let passenger = newcomer.map(|index| Box::new(newcomers.remove(index)));
        self.command(
            draft,
            BookingCommand::AddItem {
                item: Box::new(item),
                flight: Box::new(flight.clone()),
                passenger,
                charging: settings.charging(self.now),
                by: self.by,
                now: self.now,
            },
        )
    }

    /// The old units are let go first, so that a party can move up by one seat.
    pub(super) fn move_items(
        &self,
        draft: &mut Draft<'_>,
        before: &Booking,
        moving: &MoveItems,
        settings: &Settings,
    ) -> Result<(), Refusal> {
        let items = self.items_to_move(before, &moving.items)?;
        if is_there(&items, moving) {
            return Ok(());
        }
        let stays = items.iter().all(|item| item.claim.flight_id() == moving.to_flight);
        let schedule = if stays {
            ahead(draft, moving.to_flight, self.now)?
        } else {
            on_sale(draft, moving.to_flight, self.now)?
        };
        items.iter().try_for_each(|item| release(draft, item, ReleaseCause::Moved, self.now))?;
        let claiming = Claiming { booking_id: self.booking_id, now: self.now };
        let mut moves = vec![];
        for (items, wanted) in parties(&items, moving, &schedule.cabins) {
            let units = wanted.choose(draft, &schedule)?.into_iter();
            let move_to = |(item, unit): (&&Item, Unit)| moved(item, unit, &schedule.flight, moving.fresh);
            let party: Vec<ItemMove> = items.iter().zip(units).map(move_to).collect();
            claiming.all(draft, moving.to_flight, party.iter().map(|one| (one.item_id, &one.to)))?;
            moves.extend(party);
        }
        self.command_moves(draft, moves, &schedule.flight, settings)
    }

    pub(super) fn swap_seats(
        &self,
        draft: &mut Draft<'_>,
        before: &Booking,
        [one, other]: [ItemId; 2],
        fresh: Uuid,
        settings: &Settings,
    ) -> Result<(), Refusal> {
        let one = &before.movable(one, self.by, self.now)?.item;
        let other = &before.movable(other, self.by, self.now)?.item;
        if one.item_id == other.item_id {
            return Ok(());
        }
        let flight_id = one.claim.flight_id();
        if other.claim.flight_id() != flight_id {
            return Err(SaleRefusal::NotOnOneFlight.into());
        }
        let schedule = ahead(draft, flight_id, self.now)?;
        must_have_unit(&schedule, &one.claim)?;
        must_have_unit(&schedule, &other.claim)?;
        release(draft, one, ReleaseCause::Moved, self.now)?;
        release(draft, other, ReleaseCause::Moved, self.now)?;
        let take = |item: &Item, from: &Item| ItemMove {
            item_id: item.item_id,
            to: from.claim.under(ClaimId::of_item(fresh, item.item_id)),
            price_lines: from.price_lines.clone(),
        };
        let moves = vec![take(one, other), take(other, one)];
        let claiming = Claiming { booking_id: self.booking_id, now: self.now };
        claiming.all(draft, flight_id, moves.iter().map(|one| (one.item_id, &one.to)))?;
        self.command_moves(draft, moves, &schedule.flight, settings)
    }

    fn items_to_move<'b>(&self, before: &'b Booking, which: &Moved) -> Result<Vec<&'b Item>, Refusal> {
        let agreement = before.agreement().ok_or(BookingRefusal::NotFound)?;
        let ids: Vec<ItemId> = match which {
            Moved::One(item_id) => vec![*item_id],
            Moved::OfFlight(flight_id) => {
                let first = agreement.live().next().map(|agreed| agreed.item.claim.flight_id());
                let of = flight_id.or(first);
                let on_it = agreement.live().filter(|agreed| Some(agreed.item.claim.flight_id()) == of);
                on_it.map(|agreed| agreed.item.item_id).collect()
            }
        };
        if ids.is_empty() {
            return Err(BookingRefusal::NoSuchItem.into());
        }
        let movable = |id: &ItemId| Ok(&before.movable(*id, self.by, self.now)?.item);
        ids.iter().map(movable).collect()
    }

    fn command_moves(
        &self,
        draft: &mut Draft<'_>,
        moves: Vec<ItemMove>,
        flight: &Flight,
        settings: &Settings,
    ) -> Result<(), Refusal> {
        let (flight, charging) = (Box::new(flight.clone()), settings.charging(self.now));
        let (by, now) = (self.by, self.now);
        self.command(draft, BookingCommand::MoveItems { moves, flight, charging, by, now })
    }
}

/// The item in its new unit. Who stays in the class of a departure keeps the price agreed.
fn moved(item: &Item, unit: Unit, flight: &Flight, fresh: Uuid) -> ItemMove {
    let (to, price) = claim(flight, unit, ClaimId::of_item(fresh, item.item_id));
    let is_alike = to.flight_id() == item.claim.flight_id() && to.class() == item.claim.class();
    let fare = || vec![PriceLine { kind: PriceKind::Fare, price }];
    let price_lines = if is_alike { item.price_lines.clone() } else { fare() };
    ItemMove { item_id: item.item_id, to, price_lines }
}

/// Whether the items have the very seats that are asked for.
fn is_there(items: &[&Item], moving: &MoveItems) -> bool {
    let Seats::Exactly(seats) = &moving.seats else { return false };
    let has = |(item, seat): (&&Item, &SeatNumber)| {
        item.claim.flight_id() == moving.to_flight && item.claim.seat_number() == Some(*seat)
    };
    items.len() == seats.len() && items.iter().zip(seats).all(has)
}

/// Who moves together: all of them where a class or seats are named, else those of each class, which stay in it as far
/// as the departure has it.
fn parties<'i>(items: &[&'i Item], moving: &MoveItems, cabins: &Cabins) -> Vec<(Vec<&'i Item>, Wanted)> {
    let names_seats = match &moving.seats {
        Seats::Exactly(_) => true,
        Seats::Preferring(wishes) => !wishes.is_empty(),
    };
    if names_seats || moving.class.is_some() {
        return vec![(items.to_vec(), wanted(items, moving, moving.class.clone()))];
    }
    let mut parties: Vec<(&Class, Vec<&Item>)> = vec![];
    for item in items {
        match parties.iter_mut().find(|(class, _)| *class == item.claim.class()) {
            Some((_, party)) => party.push(item),
            None => parties.push((item.claim.class(), vec![item])),
        }
    }
    let of_class = |(class, party): (&Class, Vec<&'i Item>)| {
        let class = cabins.of(class).map(|cabin| cabin.class.clone());
        let wanted = wanted(&party, moving, class);
        (party, wanted)
    };
    parties.into_iter().map(of_class).collect()
}

/// Only the number of passengers counts here.
fn wanted(items: &[&Item], moving: &MoveItems, class: Option<Class>) -> Wanted {
    let passengers = items.iter().map(|item| PassengerId::new(item.item_id.uuid())).collect();
    Wanted { flight_id: moving.to_flight, class, seats: moving.seats.clone(), passengers }
}

/// Everyone for whom something is added is on the booking, or comes with it.
fn known(before: &Booking, wanted: &Wanted, newcomers: &[Passenger]) -> Result<(), Refusal> {
    let on_it = before.agreement().map(|agreement| agreement.passengers.as_slice()).unwrap_or_default();
    let is_known = |id: &PassengerId| on_it.contains(id) || newcomers.iter().any(|one| one.id == *id);
    if wanted.passengers.iter().all(is_known) {
        return Ok(());
    }
    Err(BookingRefusal::NoSuchPassenger.into())
}
