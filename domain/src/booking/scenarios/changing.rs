//! What is changed while a booking stands: passengers, texts, items, the price.

use super::*;
use crate::booking::samples::{class, flight, passenger, seat, seat_item};
use crate::booking::{
    Balance, Charging, Claim, DetailsChange, Item, ItemMove, ItemStatus, Passenger, PassengerChange,
};
use crate::values::{Currency, Money, PriceKind, PriceLine};

#[test]
fn changing_a_passenger() {
    let ended = Refusal::Ended { ending: "cancelled" };
    given(&[]).when(mend(1)).then_refused(&Refusal::NotFound);
    given(&[created(order())]).when(mend(1)).then(&[mended(1)]);
    given(&[created(order())]).when(mend(9)).then_refused(&Refusal::NoSuchPassenger);
    given(&[created(order()), confirmed()]).when(mend(1)).then_refused(&Refusal::PassengersLocked);
    given(&[created(order()), unpaid()]).when(mend(1)).then_refused(&ended);
}

#[test]
fn changing_details() {
    let nothing = Command::ChangeDetails { change: DetailsChange::default(), by: customer(1), now: NOW };
    given(&[]).when(rewrite()).then_refused(&Refusal::NotFound);
    given(&[created(order())]).when(rewrite()).then(&[rewritten()]);
    given(&[created(order()), confirmed()]).when(rewrite()).then(&[rewritten()]);
    given(&[created(order())]).when(nothing).then_nothing();
    given(&[created(order()), expired()]).when(rewrite()).then_refused(&Refusal::Ended { ending: "expired" });
}

#[test]
fn adding_an_item() {
    let more = balance(89_997, Some(Awaiting::Payment), 0);
    given(&[]).when(add(beforehand())).then_refused(&Refusal::NotFound);
    given(&[created(order())]).when(add(beforehand())).then(&[added(unpaid_balance(89_997))]);
    firm(&[]).when(add(beforehand())).then(&[added(more)]);
    firm(&[]).when(add(Charging::OnSite)).then(&[added(balance(89_997, None, 0))]);
    firm(&[unpaid()]).when(add(Charging::OnSite)).then_refused(&Refusal::Ended { ending: "cancelled" });
}

#[test]
fn a_difference_has_no_deadline_and_paying_it_makes_the_booking_firm_again() {
    let more = added(balance(89_997, Some(Awaiting::Payment), 0));
    firm(std::slice::from_ref(&more)).when(expire(hour(DEPARTS))).then_refused(&Refusal::NeverExpires);
    firm(std::slice::from_ref(&more)).when(confirm(due())).then(&[confirmed_at(due())]);
    let mut agreement = with_newcomer(89_997);
    agreement.awaiting = Some(Awaiting::Payment);
    firm(std::slice::from_ref(&more)).then_state(&Booking::Created(Arc::new(agreement)));
    let agreement = Agreement { paid: usd(89_997), ..with_newcomer(89_997) };
    firm(&[more, confirmed()]).then_state(&Booking::Confirmed(Arc::new(agreement)));
}

#[test]
fn moving_an_item() {
    let to_13a = |price| move_to(seat_claim("13A"), price);
    let same = balance(59_998, None, 0);
    firm(&[]).when(to_13a(29_999)).then(&[moved(29_999, same)]);
    firm(&[]).when(to_13a(39_999)).then(&[moved(39_999, balance(69_998, Some(Awaiting::Payment), 0))]);
    firm(&[]).when(to_13a(9_999)).then(&[moved(9_999, balance(39_998, None, 20_000))]);
    given(&[created(order())]).when(to_13a(9_999)).then(&[moved(9_999, unpaid_balance(39_998))]);
    given(&[]).when(to_13a(1)).then_refused(&Refusal::NotFound);
    let euros = Money::of(1, Currency::EUR);
    let price_lines = vec![PriceLine { kind: PriceKind::Fare, price: euros }];
    let foreign = ItemMove { item_id: id(1), to: seat_claim("13A"), price_lines };
    let foreign = move_all(customer(1), NOW, vec![foreign]);
    firm(&[]).when(foreign).then_refused(&Refusal::MixedCurrencies);
}

#[test]
fn customers_change_a_booking_as_long_as_they_could_cancel_it() {
    let late = Refusal::TooLateToChange { minutes: 1_440 };
    let past = hour(LIMIT) + SECOND;
    let moving = |by, now| move_by(by, now, seat_claim("13A"), 29_999);
    firm(&[]).when(moving(customer(1), past)).then_refused(&late);
    let moved = moved_by(staff(), past, 29_999, balance(59_998, None, 0));
    firm(&[]).when(moving(staff(), past)).then(&[moved]);
}

#[test]
fn what_moved_has_its_new_unit_and_price() {
    let mut agreement = paid();
    agreement.items[0].item.claim = seat_claim("13A");
    agreement.items[0].item.price_lines = fare(9_999);
    (agreement.total_price, agreement.paid) = (usd(39_998), usd(39_998));
    let moved = moved(9_999, balance(39_998, None, 20_000));
    firm(&[moved]).then_state(&Booking::Confirmed(Arc::new(agreement)));
}

#[test]
fn cancelling_one_of_several_items() {
    let all_back = item_cancelled(vec![], balance(29_999, None, 29_999));
    let late = Refusal::TooLateToCancel { minutes: 1_440 };
    firm(&[]).when(cancel_item(1, NOW)).then(std::slice::from_ref(&all_back));
    let never_paid = item_cancelled(vec![], unpaid_balance(29_999));
    given(&[created(order())]).when(cancel_item(1, NOW)).then(&[never_paid]);
    firm(std::slice::from_ref(&all_back)).when(cancel_item(1, NOW)).then_nothing();
    firm(&[]).when(cancel_item(9, NOW)).then_refused(&Refusal::NoSuchItem);
    firm(&[]).when(cancel_item(1, hour(LIMIT) + SECOND)).then_refused(&late);
    let rest = Event::Cancelled {
        of: Subject::of(&order()),
        cancellation_reason: "user_requested".to_owned(),
        comments: None,
        refund: RefundQuote::of(usd(29_999)),
        cancelled_by: customer(1),
        cancelled_at: NOW,
    };
    firm(std::slice::from_ref(&all_back)).when(cancel_item(2, NOW)).then(std::slice::from_ref(&rest));
    firm(&[all_back, rest]).when(cancel_item(2, NOW)).then_nothing();
}

#[test]
fn the_tiers_say_what_is_kept_of_a_cancelled_item() {
    // Half an odd price comes back, rounded down.
    let kept = vec![PriceLine { kind: PriceKind::Fee, price: usd(15_000) }];
    let event = Event::ItemCancelled {
        of: Subject::of(&order()),
        item_id: id(1),
        cancellation_reason: "user_requested".to_owned(),
        price_lines: kept.clone(),
        balance: balance(44_999, None, 14_999),
        cancelled_by: customer(1),
        cancelled_at: hour(LIMIT),
    };
    firm(&[]).when(cancel_item(1, hour(LIMIT))).then(std::slice::from_ref(&event));
    let mut agreement = paid();
    agreement.items[0].status = ItemStatus::Cancelled;
    agreement.items[0].item.price_lines = kept;
    (agreement.total_price, agreement.paid) = (usd(44_999), usd(44_999));
    firm(&[event]).then_state(&Booking::Confirmed(Arc::new(agreement)));
}

#[test]
fn adjusting_the_price() {
    firm(&[]).when(adjust(-9_998)).then(&[adjusted(-9_998, balance(50_000, None, 9_998))]);
    firm(&[]).when(adjust(2)).then(&[adjusted(2, balance(60_000, Some(Awaiting::Payment), 0))]);
    given(&[created(order())]).when(adjust(-9_998)).then(&[adjusted(-9_998, unpaid_balance(50_000))]);
    for beyond in [-59_999, 0, i64::MAX] {
        firm(&[]).when(adjust(beyond)).then_refused(&Refusal::PriceOutOfRange);
    }
    given(&[]).when(adjust(1)).then_refused(&Refusal::NotFound);
}

#[test]
fn a_booking_for_which_nothing_is_owed_any_more_is_firm() {
    let free = adjusted(-59_998, balance(0, None, 0));
    given(&[created(order())]).when(adjust(-59_998)).then(&[free, confirmed_by(staff())]);
}

#[test]
fn whoever_travels_stays_the_same_once_the_booking_was_firm() {
    let more = added(balance(89_997, Some(Awaiting::Payment), 0));
    firm(&[more]).when(mend(1)).then_refused(&Refusal::PassengersLocked);
}

#[test]
fn what_was_never_paid_for_keeps_its_deadline_when_more_is_added() {
    let free = [created(order_for_nothing()), confirmed()];
    let due_at = NOW + TimeDelta::hours(1);
    let owed = Balance { payment_due_at: Some(due_at), ..balance(29_999, Some(Awaiting::Payment), 0) };
    given(&free).when(add(beforehand())).then(&[added(owed)]);
    let owing = given(&[&free[..], &[added(owed)]].concat());
    owing.when(expire(due_at)).then(&[Event::Expired { of: Subject::of(&order()), expired_at: due_at }]);
}

#[test]
fn items_that_change_together_are_one_change_of_the_price() {
    let dear = adjusted_order();
    let swap = |n: u128, seat: &str, price| ItemMove {
        item_id: id(n),
        to: seat_claim(seat),
        price_lines: fare(price),
    };
    let moves = vec![swap(1, "12B", 10_000), swap(2, "12A", 30_000)];
    let command = move_all(customer(1), NOW, moves);
    let one = |n, seat: &str, price| moved_item(n, seat, price, (customer(1), NOW), balance(40_000, None, 0));
    let both = [one(1, "12B", 10_000), one(2, "12A", 30_000)];
    given(&[created(dear), confirmed()]).when(command).then(&both);
}

#[test]
fn after_a_discount_an_item_can_still_be_given_up() {
    let discount = adjusted(-39_998, balance(20_000, None, 39_998));
    let gone = item_cancelled(vec![], balance(0, None, 20_000));
    firm(&[discount]).when(cancel_item(1, NOW)).then(&[gone]);
}

#[test]
fn adjustments_count_when_all_is_given_back() {
    let discount = adjusted(-9_998, balance(50_000, None, 9_998));
    firm(&[discount]).when(cancel(customer(1), NOW)).then(&[cancelled(customer(1), NOW, 50_000)]);
    let fee = adjusted(100, balance(60_098, Some(Awaiting::Payment), 0));
    let paid = [fee, confirmed()];
    firm(&paid).when(cancel(customer(1), NOW)).then(&[cancelled(customer(1), NOW, 59_998)]);
    firm(&paid).when(cancel(Actor::SYSTEM, NOW)).then(&[cancelled(Actor::SYSTEM, NOW, 60_098)]);
}

/// One of each kind.
pub fn every() -> Vec<Event> {
    let balance = balance(44_999, None, 14_999);
    let kept = vec![PriceLine { kind: PriceKind::Fee, price: usd(15_000) }];
    vec![
        mended(1),
        rewritten(),
        added(balance),
        moved(9_999, balance),
        item_cancelled(kept, balance),
        adjusted(-5, balance),
    ]
}

/// A confirmed booking, and what happened then.
fn firm(then: &[Event]) -> Given<Booking> {
    given(&[&[created(order()), confirmed()], then].concat())
}

/// The first item costs 300, the second 100.
fn adjusted_order() -> Order {
    let mut order = Order { total_price: usd(40_000), ..order() };
    order.items[0].price_lines = fare(30_000);
    order.items[1].price_lines = fare(10_000);
    order
}

fn balance(total: i64, awaiting: Option<Awaiting>, refund: i64) -> Balance {
    Balance { total_price: usd(total), awaiting, payment_due_at: None, refund_amount: usd(refund) }
}

/// The same while nothing was paid yet.
fn unpaid_balance(total: i64) -> Balance {
    let payment_due_at = Some(due());
    Balance { payment_due_at, ..balance(total, Some(Awaiting::Payment), 0) }
}

fn beforehand() -> Charging {
    Charging::Beforehand { due_at: NOW + TimeDelta::hours(1) }
}

fn fare(minor: i64) -> Vec<PriceLine> {
    vec![PriceLine { kind: PriceKind::Fare, price: usd(minor) }]
}

fn mend(n: u128) -> Command {
    Command::ChangePassenger { change: Box::new(new_name(n)), by: customer(1), now: NOW }
}

fn new_name(n: u128) -> PassengerChange {
    PassengerChange {
        id: id(n),
        first_name: Some(sealed("other")),
        last_name: None,
        email: None,
        phone_number: None,
        date_of_birth: None,
        passport_number: None,
        is_primary: false,
    }
}

fn mended(n: u128) -> Event {
    Event::PassengerChanged {
        of: Subject::of(&order()),
        passenger: Box::new(new_name(n)),
        changed_by: customer(1),
        changed_at: NOW,
    }
}

fn details() -> DetailsChange {
    DetailsChange { special_requests: Some(Some(sealed("vegan"))), notes: Some(None) }
}

fn rewrite() -> Command {
    Command::ChangeDetails { change: details(), by: customer(1), now: NOW }
}

fn rewritten() -> Event {
    let of = Subject::of(&order());
    Event::DetailsChanged { of, details: details(), changed_by: customer(1), changed_at: NOW }
}

fn newcomer() -> (Box<Item>, Option<Box<Passenger>>) {
    (Box::new(seat_item(3, "14A")), Some(Box::new(passenger(3))))
}

fn with_newcomer(total: i64) -> Agreement {
    let mut agreement = Agreement { total_price: usd(total), ..paid() };
    agreement.passengers.push(id(3));
    let item = *newcomer().0;
    agreement.items.push(crate::booking::AgreedItem { item, status: ItemStatus::Claimed });
    agreement
}

fn add(charging: Charging) -> Command {
    let ((item, passenger), flight) = (newcomer(), Box::new(flight(100, DEPARTS)));
    Command::AddItem { item, flight, passenger, charging, by: customer(1), now: NOW }
}

fn added(balance: Balance) -> Event {
    let ((item, passenger), flight) = (newcomer(), Box::new(flight(100, DEPARTS)));
    let of = Subject::of(&order());
    Event::ItemAdded { of, item, flight, passenger, balance, added_by: customer(1), added_at: NOW }
}

fn seat_claim(number: &str) -> Claim {
    let span = order().items[0].claim.span();
    let (flight_id, class) = (id(100), class("economy"));
    Claim::Seat { claim_id: id(70), flight_id, class, seat_number: seat(number), span }
}

fn move_to(to: Claim, price: i64) -> Command {
    move_by(customer(1), NOW, to, price)
}

fn move_by(by: Actor, now: DateTime<Utc>, to: Claim, price: i64) -> Command {
    move_all(by, now, vec![ItemMove { item_id: id(1), to, price_lines: fare(price) }])
}

fn move_all(by: Actor, now: DateTime<Utc>, moves: Vec<ItemMove>) -> Command {
    let (flight, charging) = (Box::new(flight(100, DEPARTS)), beforehand());
    Command::MoveItems { moves, flight, charging, by, now }
}

fn moved(price: i64, balance: Balance) -> Event {
    moved_by(customer(1), NOW, price, balance)
}

fn moved_by(by: Actor, at: DateTime<Utc>, price: i64, balance: Balance) -> Event {
    moved_item(1, "13A", price, (by, at), balance)
}

/// Item 1 or 2 of the order.
fn moved_item(
    n: usize,
    seat: &str,
    price: i64,
    (moved_by, moved_at): (Actor, DateTime<Utc>),
    balance: Balance,
) -> Event {
    let item = &order().items[n - 1];
    Event::ItemMoved {
        of: Subject::of(&order()),
        item_id: item.item_id,
        from: item.claim.clone(),
        to: seat_claim(seat),
        price_lines: fare(price),
        flight: Box::new(flight(100, DEPARTS)),
        balance,
        moved_by,
        moved_at,
    }
}

fn cancel_item(n: u128, now: DateTime<Utc>) -> Command {
    let reason = "user_requested".to_owned();
    Command::CancelItem { item_id: id(n), reason, charging: beforehand(), by: customer(1), now }
}

fn item_cancelled(price_lines: Vec<PriceLine>, balance: Balance) -> Event {
    Event::ItemCancelled {
        of: Subject::of(&order()),
        item_id: id(1),
        cancellation_reason: "user_requested".to_owned(),
        price_lines,
        balance,
        cancelled_by: customer(1),
        cancelled_at: NOW,
    }
}

fn adjust(minor: i64) -> Command {
    Command::AdjustPrice {
        price_line: adjustment(minor),
        reason: "goodwill".to_owned(),
        charging: beforehand(),
        by: staff(),
        now: NOW,
    }
}

fn adjustment(minor: i64) -> PriceLine {
    PriceLine { kind: PriceKind::Discount, price: usd(minor) }
}

fn adjusted(minor: i64, balance: Balance) -> Event {
    Event::PriceAdjusted {
        of: Subject::of(&order()),
        price_line: adjustment(minor),
        adjustment_reason: "goodwill".to_owned(),
        balance,
        adjusted_by: staff(),
        adjusted_at: NOW,
    }
}

fn confirmed_by(by: Actor) -> Event {
    Event::Confirmed { of: Subject::of(&order()), confirmed_by: by, confirmation_timestamp: NOW }
}
