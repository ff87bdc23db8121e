use serde_json::{Value, json};

use super::*;
use crate::booking::samples::{
    NOW, PAYMENT_WINDOW, customer, hour, order, order_for_nothing, passenger, sealed, seat, usd,
};
use crate::booking::{BookingEvent, Order, Passenger, RefundQuote, Subject};

#[test]
fn a_created_sheet_says_everything() {
    let mut ordered = order();
    ordered.passengers.push(Passenger { kind: PassengerKind::Infant, ..passenger(3) });
    ordered.special_requests = Some(sealed("vegan"));
    let sheet = fold(&[created(ordered)]).unwrap();
    assert_eq!(
        serde_json::to_value(&sheet).unwrap(),
        json!({
            "booking_id": "00000000-0000-0000-0000-000000000007",
            "booking_reference": "BK-19700101-700000",
            "status": "created",
            "awaiting": "payment",
            "kind": "seat",
            "user_id": "00000000-0000-0000-0000-000000000001",
            "customer_id": "00000000-0000-0000-0000-000000000002",
            "flight_id": "00000000-0000-0000-0000-000000000064",
            "flight_details": {
                "flight_number": "AA100",
                "airline": "American Airlines",
                "departure": "1970-01-04T00:00:00Z",
                "arrival": "1970-01-04T03:00:00Z",
                "origin": "JFK",
                "destination": "LAX",
            },
            "start_time": "1970-01-04T00:00:00Z",
            "end_time": "1970-01-04T03:00:00Z",
            "time_zone": "America/New_York",
            "items": [item(1, "12A"), item(2, "12B")],
            "passengers": [
                person(1, "adult", &json!("12A")),
                person(2, "adult", &json!("12B")),
                person(3, "infant", &Value::Null),
            ],
            "passengers_count": 3,
            "allocated_seats": ["12A", "12B"],
            "total_price": {"amount": "599.98", "amount_minor": 59_998, "currency": "USD"},
            "price_lines": [fare(), fare()],
            "currency": "USD",
            "payment_status": "due",
            "amount_paid": {"amount": "0.00", "amount_minor": 0, "currency": "USD"},
            "amount_refunded": {"amount": "0.00", "amount_minor": 0, "currency": "USD"},
            "payment_due_at": "1970-01-01T00:30:00Z",
            "refund_status": null,
            "special_requests": "sealed:1:vegan",
            "notes": null,
            "confirmation_url": "/bookings/00000000-0000-0000-0000-000000000007",
            "created_at": "1970-01-01T00:00:00Z",
            "updated_at": "1970-01-01T00:00:00Z",
            "confirmed_at": null,
            "cancelled_at": null,
            "cancellation_reason": null,
            "archived": false,
            "version": 1,
        })
    );
}

#[test]
fn a_sheet_is_read_back() {
    let sheet = fold(&[created(order()), confirmed(), cancelled()]).unwrap();
    let stored = serde_json::to_string(&sheet).unwrap();
    assert_eq!(serde_json::from_str::<Sheet>(&stored).unwrap(), sheet);
}

#[test]
fn there_is_nothing_before_the_first_event() {
    assert_eq!(fold(&[]), None);
    for event in [confirmed(), cancelled(), expired()] {
        assert_eq!(fold(&[event]), None);
    }
}

#[test]
fn a_confirmed_booking_is_paid_and_awaits_nothing() {
    let before = fold(&[created(order())]).unwrap();
    let expected = Sheet {
        status: Status::Confirmed,
        awaiting: None,
        payment_status: PaymentStatus::Captured,
        amount_paid: usd(59_998),
        payment_due_at: None,
        confirmed_at: Some(hour(1)),
        updated_at: hour(1),
        version: 2,
        ..before
    };
    assert_eq!(fold(&[created(order()), confirmed()]), Some(expected));
}

#[test]
fn a_confirmed_booking_for_nothing_was_never_paid() {
    let sheet = fold(&[created(order_for_nothing()), confirmed()]).unwrap();
    assert_eq!((sheet.status, sheet.payment_status), (Status::Confirmed, PaymentStatus::None));
}

#[test]
fn a_cancelled_booking_says_why_and_what_comes_back() {
    let before = fold(&[created(order()), confirmed()]).unwrap();
    let expected = Sheet {
        status: Status::Cancelled,
        items: ended(&before.items),
        refund_status: Some(RefundStatus::Initiated),
        estimated_refund_amount: Some(usd(59_998)),
        amount_paid: usd(0),
        amount_refunded: usd(59_998),
        cancelled_at: Some(hour(2)),
        cancellation_reason: Some("user_requested".to_owned()),
        updated_at: hour(2),
        version: 3,
        ..before
    };
    assert_eq!(fold(&[created(order()), confirmed(), cancelled()]), Some(expected));
}

#[test]
fn an_expired_booking_awaits_nothing() {
    let before = fold(&[created(order())]).unwrap();
    let expected = Sheet {
        status: Status::Expired,
        awaiting: None,
        items: ended(&before.items),
        expired_at: Some(NOW + PAYMENT_WINDOW),
        payment_due_at: None,
        updated_at: NOW + PAYMENT_WINDOW,
        version: 2,
        ..before
    };
    assert_eq!(fold(&[created(order()), expired()]), Some(expected));
}

#[test]
fn each_event_delivered_twice_changes_nothing_more() {
    for events in [vec![created(order()), confirmed(), cancelled()], vec![created(order()), expired()]] {
        let mut twice = None;
        for (version, event) in (1..).zip(&events) {
            let once = Sheet::after(twice, event, version);
            twice = Sheet::after(once.clone(), event, version);
            assert_eq!(twice, once, "{}", event.name());
        }
        assert_eq!(twice, fold(&events));
    }
}

#[test]
fn a_passenger_shows_the_first_of_their_seats() {
    let mut order = order();
    order.items[1].passenger_id = order.items[0].passenger_id;
    let sheet = fold(&[created(order)]).unwrap();
    let seats: Vec<_> = sheet.passengers.iter().map(|one| one.seat).collect();
    assert_eq!(seats, [Some(seat("12A")), None]);
}

fn fold(events: &[BookingEvent]) -> Option<Sheet> {
    (1..).zip(events).fold(None, |sheet, (version, event)| Sheet::after(sheet, event, version))
}

fn ended(items: &[SheetItem]) -> Vec<SheetItem> {
    items.iter().map(|item| SheetItem { status: ItemStatus::Cancelled, ..item.clone() }).collect()
}

fn item(n: u32, seat: &str) -> Value {
    json!({
        "item_id": format!("00000000-0000-0000-0000-00000000000{n}"),
        "kind": "seat",
        "status": "claimed",
        "flight_id": "00000000-0000-0000-0000-000000000064",
        "flight_number": "AA100",
        "class": "economy",
        "seat_number": seat,
        "units": 1,
        "passenger_id": format!("00000000-0000-0000-0000-00000000000{n}"),
        "start_time": "1970-01-04T00:00:00Z",
        "end_time": "1970-01-04T03:00:00Z",
        "price_lines": [fare()],
    })
}

fn person(n: u32, kind: &str, seat: &Value) -> Value {
    json!({
        "passenger_id": format!("00000000-0000-0000-0000-00000000000{n}"),
        "first_name": format!("sealed:1:first-{n}"),
        "last_name": format!("sealed:1:last-{n}"),
        "email": null,
        "phone_number": null,
        "date_of_birth": null,
        "passport_number": null,
        "is_primary": n == 1,
        "kind": kind,
        "seat": seat,
    })
}

fn fare() -> Value {
    json!({"kind": "fare", "price": {"amount": "299.99", "amount_minor": 29_999, "currency": "USD"}})
}

fn created(order: Order) -> BookingEvent {
    BookingEvent::Created { order: Box::new(order), created_by: customer(1), created_at: NOW }
}

fn confirmed() -> BookingEvent {
    let of = Subject::of(&order());
    BookingEvent::Confirmed { of, confirmed_by: customer(1), confirmation_timestamp: hour(1) }
}

fn cancelled() -> BookingEvent {
    let refund = RefundQuote { refund_status: RefundStatus::Initiated, estimated_refund_amount: usd(59_998) };
    BookingEvent::Cancelled {
        of: Subject::of(&order()),
        cancellation_reason: "user_requested".to_owned(),
        comments: None,
        refund,
        cancelled_by: customer(1),
        cancelled_at: hour(2),
    }
}

fn expired() -> BookingEvent {
    BookingEvent::Expired { of: Subject::of(&order()), expired_at: NOW + PAYMENT_WINDOW }
}
