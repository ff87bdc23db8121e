//! The sheet of an order that was just made.

use chrono::{DateTime, Utc};

use super::{FlightDetails, FurtherFlight, PaymentStatus, Sheet, SheetItem, SheetPassenger, Status};
use crate::booking::{Claim, Item, ItemStatus, Order, Passenger};
use crate::departure::Flight;
use crate::values::Money;

impl Sheet {
    pub(super) fn new(order: &Order, created_at: DateTime<Utc>, version: i64) -> Self {
        let first = order.flights.first();
        let spans = || order.items.iter().map(|item| item.claim.span());
        Self {
            booking_id: order.booking_id,
            booking_reference: order.booking_reference.clone(),
            status: Status::Created,
            awaiting: order.awaiting,
            kind: order.items.first().map_or("seat", |item| kind(&item.claim)).to_owned(),
            user_id: order.user_id,
            customer_id: order.customer_id,
            flight_id: order.flight_id,
            flight_details: first.map(FlightDetails::of),
            further_flights: order.flights.iter().skip(1).map(FurtherFlight::of).collect(),
            start_time: spans().map(|span| span.from()).min(),
            end_time: spans().map(|span| span.until()).max(),
            time_zone: first.map(|flight| flight.departure.time_zone),
            items: order.items.iter().map(|item| SheetItem::of(item, &order.flights)).collect(),
            passengers: order.passengers.iter().map(|one| SheetPassenger::of(one, &order.items)).collect(),
            passengers_count: order.passengers.len(),
            allocated_seats: order.seats.clone(),
            total_price: order.total_price,
            price_lines: order.items.iter().flat_map(|item| item.price_lines.clone()).collect(),
            adjustments: vec![],
            currency: order.currency,
            amount_paid: Money::zero(order.currency),
            amount_refunded: Money::zero(order.currency),
            payment_status: if order.total_price.minor == 0 {
                PaymentStatus::None
            } else {
                PaymentStatus::Due
            },
            payment_due_at: order.payment_due_at,
            hold_expires_at: None,
            refund_status: None,
            estimated_refund_amount: None,
            special_requests: order.special_requests.clone(),
            notes: order.notes.clone(),
            confirmation_url: format!("/bookings/{}", order.booking_id),
            created_at,
            updated_at: created_at,
            confirmed_at: None,
            cancelled_at: None,
            cancellation_reason: None,
            declined_at: None,
            decline_reason: None,
            expired_at: None,
            archived: false,
            version,
        }
    }
}

impl FlightDetails {
    pub(super) fn of(flight: &Flight) -> Self {
        Self {
            flight_number: flight.flight_number.clone(),
            airline: flight.airline.clone(),
            departure: flight.departure.at,
            arrival: flight.arrival.at,
            origin: flight.origin.clone(),
            destination: flight.destination.clone(),
        }
    }
}

impl FurtherFlight {
    pub(super) fn of(flight: &Flight) -> Self {
        let time_zone = flight.departure.time_zone;
        Self { flight_id: flight.flight_id, time_zone, details: FlightDetails::of(flight) }
    }
}

impl SheetItem {
    pub(super) fn of(item: &Item, flights: &[Flight]) -> Self {
        let flight = flights.iter().find(|flight| flight.flight_id == item.claim.flight_id());
        Self {
            item_id: item.item_id,
            kind: kind(&item.claim).to_owned(),
            status: ItemStatus::Claimed,
            flight_id: item.claim.flight_id(),
            flight_number: flight.map(|flight| flight.flight_number.clone()),
            class: item.claim.class().clone(),
            seat_number: item.claim.seat_number(),
            units: item.claim.units(),
            passenger_id: item.passenger_id,
            start_time: item.claim.span().from(),
            end_time: item.claim.span().until(),
            price_lines: item.price_lines.clone(),
        }
    }
}

impl SheetPassenger {
    pub(super) fn of(passenger: &Passenger, items: &[Item]) -> Self {
        let theirs = items.iter().filter(|item| item.passenger_id == Some(passenger.id));
        Self {
            passenger_id: passenger.id,
            first_name: passenger.first_name.clone(),
            last_name: passenger.last_name.clone(),
            email: passenger.email.clone(),
            phone_number: passenger.phone_number.clone(),
            date_of_birth: passenger.date_of_birth.clone(),
            passport_number: passenger.passport_number.clone(),
            is_primary: passenger.is_primary,
            kind: passenger.kind,
            seat: theirs.filter_map(|item| item.claim.seat_number()).next(),
        }
    }
}

pub(super) const fn kind(claim: &Claim) -> &'static str {
    match claim {
        Claim::Seat { .. } => "seat",
        Claim::Pool { .. } => "pool",
    }
}
