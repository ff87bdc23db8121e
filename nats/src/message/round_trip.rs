//! Recorded → message → Recorded, and what does not survive that.

use booking_domain::values::TenantId;
use booking_journal::Recorded;
use bytes::Bytes;
use chrono::DateTime;
use uuid::Uuid;

use super::{METADATA_BYTES_MAX, Message, Misfit, Unfit, decode, encode};

const METADATA: &str = r#"{"actor":{"kind":"customer"},"correlation_id":"c-1", "causation_id":null,"traceparent":"00-ab-cd-01"}"#;

#[test]
fn a_message_carries_the_whole_event() {
    let message = encode(event(), 3, Some(40)).expect("fits");

    assert_eq!(message.subject, "booking.evt.00000000-0000-0000-0000-000000000007.booking.created");
    assert_eq!(message.body, r#"{"event_type":"booking.created" , "n":1.0}"#);
    let expected = [
        ("Booking-Aggregate", "booking"),
        ("Booking-Correlation-Id", "c-1"),
        ("Booking-Metadata", METADATA),
        ("Booking-Position", "3.41"),
        ("Booking-Previous", "40"),
        ("Booking-Sequence", "2"),
        ("ce-dataversion", "1"),
        ("ce-id", "00000000-0000-0000-0000-000000000009"),
        ("ce-source", "/booking/epoch/3"),
        ("ce-specversion", "1.0"),
        ("ce-subject", "x/%2012A"),
        ("ce-time", "2026-11-20T08:00:00.000123Z"),
        ("ce-type", "booking.created"),
        ("content-type", "application/json"),
        ("traceparent", "00-ab-cd-01"),
    ];
    let mut headers: Vec<(String, String)> =
        message.headers.iter().map(|(name, values)| (name.to_string(), values[0].to_string())).collect();
    headers.sort();
    assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(read(&message, 3), Ok(event()));
}

#[test]
fn an_unknown_previous_position_is_left_out() {
    let message = encode(event(), 3, None).expect("fits");
    assert_eq!(message.headers.get("Booking-Previous"), None);
    assert_eq!(read(&message, 3), Ok(event()));
}

#[test]
fn metadata_that_no_header_can_carry_stays_in_the_journal() {
    let long = format!("\"{}\"", "x".repeat(METADATA_BYTES_MAX));
    for metadata in ["{\n}", " {}", "{}\t", "{\"a\":\"\u{7f}\"}", &long] {
        let message = encode(Recorded { metadata: metadata.into(), ..event() }, 3, None).expect("fits");
        assert_eq!(read(&message, 3), Err(Misfit::Header("Booking-Metadata")), "{metadata:?}");
    }
}

#[test]
fn any_aggregate_id_travels_and_other_names_must_be_words() {
    for aggregate_id in ["", "é\r\n", "100 %\"", "7/12A"] {
        let odd = Recorded { aggregate_id: aggregate_id.into(), ..event() };
        assert_eq!(read(&encode(odd.clone(), 3, None).expect("fits"), 3), Ok(odd));
    }
    let unfit = Err(Unfit { position: 41 });
    assert_eq!(encode(Recorded { event_type: "a b".into(), ..event() }, 3, None), unfit);
    assert_eq!(encode(Recorded { event_version: "1\n".into(), ..event() }, 3, None), unfit);
    assert_eq!(encode(Recorded { aggregate_type: String::new(), ..event() }, 3, None), unfit);
}

#[test]
fn a_message_that_is_not_a_whole_event_says_what_is_wrong() {
    let whole = encode(event(), 3, None).expect("fits");
    let with = |name: &'static str, value: &str| {
        let mut message = whole.clone();
        message.headers.insert(name, value);
        read(&message, 3)
    };

    assert_eq!(read(&whole, 4), Err(Misfit::Epoch));
    assert_eq!(with("ce-type", "booking.cancelled"), Err(Misfit::Subject));
    assert_eq!(with("ce-id", "9"), Err(Misfit::Header("ce-id")));
    assert_eq!(with("ce-time", "today"), Err(Misfit::Header("ce-time")));
    assert_eq!(with("Booking-Position", "41"), Err(Misfit::Header("Booking-Position")));
    let no_text = Message { body: Bytes::from_static(&[0xff]), ..whole.clone() };
    assert_eq!(read(&no_text, 3), Err(Misfit::Body));
    assert_eq!(read(&Message { subject: "booking.evt.x".into(), ..whole.clone() }, 3), Err(Misfit::Subject));
}

fn read(message: &Message, epoch: i32) -> Result<Recorded, Misfit> {
    decode(epoch, message)
}

fn event() -> Recorded {
    Recorded {
        position: 41,
        event_id: Uuid::from_u128(9),
        tenant_id: TenantId::new(Uuid::from_u128(7)),
        aggregate_type: "booking".into(),
        aggregate_id: "x/ 12A".into(),
        sequence: 2,
        event_type: "booking.created".into(),
        event_version: "1".into(),
        payload: r#"{"event_type":"booking.created" , "n":1.0}"#.into(),
        metadata: METADATA.into(),
        recorded_at: DateTime::from_timestamp_micros(1_795_161_600_000_123).expect("an instant"),
    }
}
