//! Events -> rows.

use std::collections::HashMap;

use booking_domain::booking::{RefundStatus, Status};
use chrono::{DateTime, Utc};

use super::{BookingRow, Bookings};
use crate::projection::digest;
use crate::samples::{BOOKING, CUSTOMER, FLIGHT, TENANT, history};

/// The one booking of the sample, after so many events.
fn after(events: usize) -> BookingRow {
    let mut rows = HashMap::new();
    digest::<Bookings>(0, &history()[..events]).fold::<Bookings>(&mut rows);
    assert_eq!(rows.len(), 1);
    rows.into_values().next().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn a_created_booking_has_its_columns_from_its_sheet() {
    let row = after(4);
    assert_eq!((row.tenant, row.sheet.booking_id, row.position, row.sheet.version), (TENANT, BOOKING, 4, 1));
    assert_eq!(
        (row.columns.booking_reference.as_str(), row.columns.status.as_str()),
        ("BK-20261120-7K3M9Q", "created")
    );
    assert_eq!((row.columns.customer_id, row.columns.flight_id), (CUSTOMER, Some(FLIGHT.uuid())));
    assert_eq!(row.columns.start_time, Some(at("2026-12-01T02:00:00Z")));
    assert_eq!(row.columns.created_at, at("2026-11-20T09:30:00.123456Z"), "in whole microseconds");
}

#[test]
fn each_event_brings_the_row_on() {
    let confirmed = after(8);
    assert_eq!(
        (confirmed.columns.status.as_str(), confirmed.position, confirmed.sheet.version),
        ("confirmed", 8, 2)
    );
    let cancelled = after(14);
    assert_eq!(
        (cancelled.columns.status.as_str(), cancelled.position, cancelled.sheet.version),
        ("cancelled", 11, 3)
    );
    assert_eq!(cancelled.sheet.status, Status::Cancelled);
    assert_eq!(cancelled.sheet.refund_status, Some(RefundStatus::Initiated));
}

#[test]
fn a_stored_document_is_read_back_as_it_was() {
    for row in [after(4), after(8), after(14)] {
        let document = serde_json::to_string(&row.sheet).unwrap();
        assert_eq!(serde_json::from_str::<booking_domain::booking::Sheet>(&document).unwrap(), row.sheet);
        assert!(document.contains("sealed:1:a"), "personal data stays sealed");
    }
}
