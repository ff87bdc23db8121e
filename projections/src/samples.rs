//! A short history of one tenant, for tests.

use booking_domain::StreamId;
use booking_domain::values::{BookingId, Class, DepartureId, TenantId};
use booking_journal::Recorded;
use chrono::DateTime;
use serde_json::{Value, json};
use uuid::Uuid;

pub const TENANT: TenantId = TenantId::new(Uuid::from_u128(1));
pub const FLIGHT: DepartureId = DepartureId::new(Uuid::from_u128(0xf));
pub const BOOKING: BookingId = BookingId::new(Uuid::from_u128(0xb));
pub const USER: Uuid = Uuid::from_u128(0xe);
pub const CUSTOMER: Uuid = Uuid::from_u128(0xc);

/// Events in order, position and sequences given.
#[derive(Default)]
pub struct History(Vec<Recorded>);

impl History {
    pub fn of(events: &[Recorded]) -> Self {
        Self(events.to_vec())
    }

    pub fn and(mut self, stream: &StreamId, payload: Value) -> Self {
        let sequence = self.0.iter().filter(|event| is_of(event, stream)).count() + 1;
        self.0.push(Recorded {
            position: self.0.len() as i64 + 1,
            event_id: Uuid::nil(),
            tenant_id: TENANT,
            aggregate_type: stream.aggregate_type().to_owned(),
            aggregate_id: stream.aggregate_id(),
            sequence: sequence as i64,
            event_type: payload["event_type"].as_str().unwrap().to_owned(),
            event_version: "1".to_owned(),
            payload: payload.to_string(),
            metadata: "{}".to_owned(),
            recorded_at: DateTime::UNIX_EPOCH,
        });
        self
    }

    pub fn events(self) -> Vec<Recorded> {
        self.0
    }
}

fn is_of(event: &Recorded, stream: &StreamId) -> bool {
    event.aggregate_type == stream.aggregate_type() && event.aggregate_id == stream.aggregate_id()
}

/// A flight with eight seats and a pool of three places; a booking of two seats that is confirmed, then
/// cancelled; a place that is claimed; a seat that is blocked; and a flight that is closed and cancelled.
pub fn history() -> Vec<Recorded> {
    let (flight, booking) = (StreamId::Departure(FLIGHT), StreamId::Booking(BOOKING));
    History::default()
        .and(&StreamId::Tenant(TENANT), registered())
        .and(&flight, scheduled())
        .and(&pool(), capacity(3, 1))
        .and(&booking, created())
        .and(&seat("1A"), claimed("1A"))
        .and(&seat("2F"), claimed("2F"))
        .and(&pool(), places("pool.claimed", 2))
        .and(&booking, confirmed())
        .and(&seat("1C"), blocked())
        .and(&flight, json!({"event_type": "departure.sales_closed", "flight_id": FLIGHT, "closed_at": AT}))
        .and(&booking, cancelled())
        .and(&seat("2F"), released("2F"))
        .and(&pool(), places("pool.released", 1))
        .and(&flight, json!({"event_type": "departure.cancelled", "flight_id": FLIGHT, "reason": null, "cancelled_at": AT}))
        .events()
}

pub const AT: &str = "2026-11-20T09:30:00.123456789Z";

pub fn pool() -> StreamId {
    StreamId::Pool(FLIGHT, Class::new("economy").unwrap())
}

pub fn seat(number: &str) -> StreamId {
    StreamId::Seat(FLIGHT, number.parse().unwrap())
}

fn registered() -> Value {
    json!({
        "event_type": "tenant.registered", "business_id": TENANT, "name": "Acme Air", "subdomain": "acme",
        "time_zone": "UTC", "currency": "USD", "language": "en", "registered_at": AT,
    })
}

pub fn flight() -> Value {
    json!({
        "flight_id": FLIGHT, "flight_number": "aa100", "airline": "Acme Air", "origin": "JFK", "destination": "LAX",
        "departure": {"at": "2026-12-01T02:00:00Z", "local": "2026-11-30T21:00:00", "time_zone": "America/New_York"},
        "arrival": {"at": "2026-12-01T08:00:00Z", "local": "2026-12-01T00:00:00", "time_zone": "America/Los_Angeles"},
    })
}

pub fn scheduled() -> Value {
    let mut event = flight();
    event["event_type"] = json!("departure.scheduled");
    event["cabins"] = json!([
        {"class": "business", "numbered": {"first_row": 1, "last_row": 2, "letters": "AC DF"}, "price": usd(900)},
        {"class": "economy", "counted": {"count": 3, "overbooking_limit": 1}, "price": usd(100)},
    ]);
    event["sales_open"] = json!(true);
    event["scheduled_at"] = json!(AT);
    event
}

pub fn usd(whole: i64) -> Value {
    json!({"amount": format!("{whole}.00"), "amount_minor": whole * 100, "currency": "USD"})
}

fn capacity(capacity: u32, overbooking_limit: u32) -> Value {
    json!({
        "event_type": "pool.capacity_changed", "flight_id": FLIGHT, "class": "economy", "capacity": capacity,
        "overbooking_limit": overbooking_limit, "changed_at": AT,
    })
}

pub fn places(event_type: &str, units: u32) -> Value {
    json!({
        "event_type": event_type, "flight_id": FLIGHT, "class": "economy", "claim_id": Uuid::from_u128(0xa),
        "booking_id": BOOKING, "item_id": Uuid::from_u128(0xd), "units": units, "cause": "cancelled",
        "claimed_at": AT, "released_at": AT,
    })
}

pub fn claimed(number: &str) -> Value {
    json!({
        "event_type": "seat.claimed", "flight_id": FLIGHT, "seat_number": number, "class": "business",
        "claim_id": Uuid::from_u128(0xa), "booking_id": BOOKING, "item_id": Uuid::from_u128(0xd), "claimed_at": AT,
    })
}

pub fn released(number: &str) -> Value {
    json!({
        "event_type": "seat.released", "flight_id": FLIGHT, "seat_number": number,
        "claim_id": Uuid::from_u128(0xa), "booking_id": BOOKING, "cause": "cancelled", "released_at": AT,
    })
}

fn blocked() -> Value {
    json!({"event_type": "seat.blocked", "flight_id": FLIGHT, "seat_number": "1C", "blocked_at": AT})
}

pub fn created() -> Value {
    let span = json!({"from": "2026-12-01T02:00:00Z", "until": "2026-12-01T08:00:00Z"});
    let item = |number: &str| {
        json!({
            "item_id": Uuid::from_u128(0xd), "kind": "seat", "claim_id": Uuid::from_u128(0xa), "flight_id": FLIGHT,
            "class": "business", "seat_number": number, "span": span, "passenger_id": Uuid::from_u128(0x9),
            "price_lines": [{"kind": "fare", "price": usd(900)}], "cancel_cutoff_minutes": 1440, "refund_tiers": [],
        })
    };
    json!({
        "event_type": "booking.created", "booking_id": BOOKING, "booking_reference": "BK-20261120-7K3M9Q",
        "user_id": USER, "customer_id": CUSTOMER, "flight_id": FLIGHT, "flights": [flight()],
        "items": [item("1A"), item("2F")],
        "passengers": [{
            "id": Uuid::from_u128(0x9), "first_name": "sealed:1:a", "last_name": "sealed:1:b",
            "is_primary": true, "kind": "adult",
        }],
        "seats": ["1A", "2F"], "total_price": usd(1800), "currency": "USD", "awaiting": "payment",
        "payment_due_at": "2026-11-20T10:00:00Z",
        "created_by": {"kind": "customer", "id": USER}, "created_at": AT,
    })
}

fn subject() -> Value {
    json!({
        "booking_id": BOOKING, "booking_reference": "BK-20261120-7K3M9Q", "user_id": USER, "customer_id": CUSTOMER,
    })
}

pub fn confirmed() -> Value {
    let mut event = subject();
    event["event_type"] = json!("booking.confirmed");
    event["confirmed_by"] = json!({"kind": "system", "id": Uuid::nil()});
    event["confirmation_timestamp"] = json!(AT);
    event
}

pub fn cancelled() -> Value {
    let mut event = subject();
    event["event_type"] = json!("booking.cancelled");
    event["cancellation_reason"] = json!("CUSTOMER_ASKED");
    event["refund_status"] = json!("initiated");
    event["estimated_refund_amount"] = usd(1800);
    event["cancelled_by"] = json!({"kind": "customer", "id": USER});
    event["cancelled_at"] = json!(AT);
    event
}
