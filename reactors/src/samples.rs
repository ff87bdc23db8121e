//! Events for tests, with the payloads that stand in `journal/tests/history`.

use booking_domain::values::TenantId;
use booking_journal::Recorded;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

pub const TENANT: TenantId = TenantId::new(Uuid::from_u128(1));

const CREATED: &str = include_str!("../../journal/tests/history/booking.created.v1.json");
const CONFIRMED: &str = include_str!("../../journal/tests/history/booking.confirmed.v1.json");
const CANCELLED: &str = include_str!("../../journal/tests/history/booking.cancelled.v1.json");
const EXPIRED: &str = include_str!("../../journal/tests/history/booking.expired.v1.json");

/// When the booking of [`created`] is to be paid.
pub fn due_at() -> DateTime<Utc> {
    "2026-11-20T13:18:38.682Z".parse().unwrap()
}

pub fn booking() -> Uuid {
    "01a1f900-731b-7623-a864-4992853504c7".parse().unwrap()
}

pub fn created() -> Recorded {
    recorded(CREATED)
}

/// Nothing is due.
pub fn created_for_nothing() -> Recorded {
    let mut payload: Value = serde_json::from_str(CREATED).unwrap();
    (payload["awaiting"], payload["payment_due_at"]) = (Value::Null, Value::Null);
    recorded(&payload.to_string())
}

pub fn confirmed() -> Recorded {
    recorded(CONFIRMED)
}

pub fn cancelled() -> Recorded {
    recorded(CANCELLED)
}

pub fn expired() -> Recorded {
    recorded(EXPIRED)
}

/// One that concerns no reactor, with a payload that cannot be read.
pub fn of_a_seat() -> Recorded {
    let aggregate_id = format!("{}/12A", Uuid::from_u128(0xf));
    Recorded { aggregate_type: "seat".to_owned(), aggregate_id, payload: "{}".to_owned(), ..created() }
}

/// The events at positions 1, 2, 3 …
pub fn in_order(events: Vec<Recorded>) -> Vec<Recorded> {
    (1..).zip(events).map(|(position, event)| Recorded { position, ..event }).collect()
}

fn recorded(payload: &str) -> Recorded {
    let document: Value = serde_json::from_str(payload).unwrap();
    let text = |member: &str| document[member].as_str().unwrap().to_owned();
    Recorded {
        position: 1,
        event_id: Uuid::from_u128(9),
        tenant_id: TENANT,
        aggregate_type: text("event_type").split('.').next().unwrap().to_owned(),
        aggregate_id: text(if document["booking_id"].is_string() { "booking_id" } else { "flight_id" }),
        sequence: 1,
        event_type: text("event_type"),
        event_version: "1".to_owned(),
        payload: payload.to_owned(),
        metadata: json!({"correlation_id": "c-1", "command_id": "k"}).to_string(),
        recorded_at: DateTime::UNIX_EPOCH,
    }
}

/// `departure.<name>`.
pub fn of_a_departure(name: &str) -> Recorded {
    recorded(match name {
        "scheduled" => include_str!("../../journal/tests/history/departure.scheduled.v1.json"),
        "cancelled" => include_str!("../../journal/tests/history/departure.cancelled.v1.json"),
        "sales_opened" => include_str!("../../journal/tests/history/departure.sales_opened.v1.json"),
        "sales_closed" => include_str!("../../journal/tests/history/departure.sales_closed.v1.json"),
        "rescheduled" => include_str!("../../journal/tests/history/departure.rescheduled.v1.json"),
        "seat_map_changed" => include_str!("../../journal/tests/history/departure.seat_map_changed.v1.json"),
        "departed" => include_str!("../../journal/tests/history/departure.departed.v1.json"),
        "rebooking_requested" => {
            include_str!("../../journal/tests/history/departure.rebooking_requested.v1.json")
        }
        "bookings_settled" => include_str!("../../journal/tests/history/departure.bookings_settled.v1.json"),
        other => panic!("there is no departure.{other}"),
    })
}
