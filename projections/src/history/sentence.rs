//! Events in sentences. Pure, and without any personal data: whoever may see the booking may see all of it.

use booking_domain::booking::{Balance, BookingEvent, Claim, Order, RefundQuote, RefundStatus};
use booking_domain::departure::Flight;
use booking_domain::values::{ActorKind, Sealed};
use chrono::{DateTime, Utc};

/// Why a booking or a hold expires.
const TIME_RAN_OUT: &str = "time_ran_out";

/// What an event says to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<'e> {
    /// One or two, with a full stop.
    pub sentence: String,
    /// A word code, where the event has a reason.
    pub reason: Option<&'e str>,
    /// What was said about it, under the customer's key.
    pub comments: Option<&'e Sealed>,
}

/// The event in words, done by someone of this kind; nobody for one that does not say by whom.
pub fn told(event: &BookingEvent, by: Option<ActorKind>) -> Told<'_> {
    let who = who(by);
    let did = |what: &str| Told { sentence: format!("{who} {what}."), reason: None, comments: None };
    match event {
        BookingEvent::Held { order, hold_expires_at, .. } => {
            did(&format!("held {} until {}: {}", units(order), instant(*hold_expires_at), order.total_price))
        }
        BookingEvent::HoldExtended { hold_expires_at, .. } => {
            did(&format!("extended the hold until {}", instant(*hold_expires_at)))
        }
        BookingEvent::HoldReleased { .. } => did("let the hold go"),
        BookingEvent::Created { order, .. } => {
            let passengers = counted(order.passengers.len(), "passenger");
            did(&format!("booked {} for {passengers}: {}", units(order), order.total_price))
        }
        BookingEvent::Confirmed { .. } => did("confirmed the booking"),
        BookingEvent::Declined { decline_reason, comments, refund, .. } => Told {
            sentence: format!("{who} declined the booking. {}", refunded(refund)),
            reason: Some(decline_reason),
            comments: comments.as_ref(),
        },
        BookingEvent::Cancelled { cancellation_reason, comments, refund, .. } => Told {
            sentence: format!("{who} cancelled the booking. {}", refunded(refund)),
            reason: Some(cancellation_reason),
            comments: comments.as_ref(),
        },
        BookingEvent::Expired { .. } => Told {
            sentence: "The booking expired, because its time to be paid or placed ran out.".to_owned(),
            reason: Some(TIME_RAN_OUT),
            comments: None,
        },
        BookingEvent::Reinstated { .. } => did("reinstated the booking, in the same units"),
        BookingEvent::Archived { .. } => did("put the booking away"),
        BookingEvent::PassengerChanged { .. } => did("changed the particulars of a passenger"),
        BookingEvent::DetailsChanged { .. } => did("changed what is noted about the booking"),
        BookingEvent::ItemAdded { item, flight, balance, .. } => {
            did(&format!("added {} on {}. {}", unit(&item.claim), flight.flight_number, settled(balance)))
        }
        BookingEvent::ItemMoved { from, to, flight, balance, .. } => {
            did(&format!("{}. {}", moved(from, to, flight), settled(balance)))
        }
        BookingEvent::ItemCancelled { cancellation_reason, balance, .. } => {
            let reason = Some(cancellation_reason.as_str());
            Told { reason, ..did(&format!("cancelled an item. {}", settled(balance))) }
        }
        BookingEvent::ItemCheckedIn(_) => did("checked an item in"),
        BookingEvent::CheckInReverted(_) => did("took a check-in back"),
        BookingEvent::ItemCompleted(_) => did("completed an item"),
        BookingEvent::ItemMarkedNoShow(_) => did("marked an item as missed"),
        BookingEvent::NoShowReverted(_) => did("took back that an item was missed"),
        BookingEvent::PriceAdjusted { price_line, adjustment_reason, balance, .. } => {
            let reason = Some(adjustment_reason.as_str());
            Told {
                reason,
                ..did(&format!("adjusted the price by {}. {}", price_line.price, settled(balance)))
            }
        }
    }
}

const fn who(by: Option<ActorKind>) -> &'static str {
    match by {
        Some(ActorKind::Customer) => "The customer",
        Some(ActorKind::Staff) => "Staff",
        Some(ActorKind::System) => "The engine",
        None => "Someone",
    }
}

/// The flights of an order, and its seats.
fn units(order: &Order) -> String {
    let flights: Vec<String> = order.flights.iter().map(flight).collect();
    let seats: Vec<String> = order.seats.iter().map(ToString::to_string).collect();
    let seats = if seats.is_empty() { String::new() } else { format!(", in {},", listed(&seats)) };
    format!("{}{seats}", listed(&flights))
}

/// A unit that stays has another time: its flight was moved.
fn moved(from: &Claim, to: &Claim, flight: &Flight) -> String {
    let number = &flight.flight_number;
    if from.flight_id() == to.flight_id() && unit(from) == unit(to) {
        let leaves = flight.departure.local.format("%Y-%m-%d %H:%M");
        return format!("gave {} the new time of {number}, which leaves at {leaves} there", unit(to));
    }
    format!("moved {} to {} on {number}", unit(from), unit(to))
}

fn unit(claim: &Claim) -> String {
    match claim {
        Claim::Seat { seat_number, .. } => format!("seat {seat_number}"),
        Claim::Pool { class, .. } => format!("a place in {class}"),
    }
}

/// What is owed after a change. Without a full stop, which the sentence has.
fn settled(balance: &Balance) -> String {
    let now = format!("The booking costs {} now", balance.total_price);
    if balance.refund_amount.minor == 0 {
        return now;
    }
    format!("{now}, and {} are to be paid back", balance.refund_amount)
}

fn instant(at: DateTime<Utc>) -> String {
    booking_http::instant::text(at)
}

fn flight(flight: &Flight) -> String {
    format!("{} from {} to {}", flight.flight_number, flight.origin, flight.destination)
}

fn refunded(refund: &RefundQuote) -> String {
    match refund.refund_status {
        RefundStatus::NotDue => "Nothing is to be paid back.".to_owned(),
        RefundStatus::Initiated => format!("{} are to be paid back.", refund.estimated_refund_amount),
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `a`, `a and b`, `a, b and c`; `nothing` of none.
fn listed(words: &[String]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::samples::{cancelled, confirmed, created};

    fn event(payload: &Value) -> BookingEvent {
        BookingEvent::from_json(&payload.to_string()).unwrap()
    }

    fn with(mut payload: Value, member: &str, value: Value) -> Value {
        payload[member] = value;
        payload
    }

    fn expired() -> Value {
        let expired = with(confirmed(), "event_type", json!("booking.expired"));
        with(expired, "expired_at", json!("2026-11-20T10:00:00Z"))
    }

    #[test]
    fn each_event_has_a_sentence() {
        let (customer, staff) = (Some(ActorKind::Customer), Some(ActorKind::Staff));
        let unpaid = with(cancelled(), "refund_status", json!("not_due"));
        for (payload, by, sentence) in [
            (
                created(),
                customer,
                "The customer booked aa100 from JFK to LAX, in 1A and 2F, for 1 passenger: 1800.00 USD.",
            ),
            (
                with(created(), "seats", json!([])),
                None,
                "Someone booked aa100 from JFK to LAX for 1 passenger: 1800.00 USD.",
            ),
            (confirmed(), Some(ActorKind::System), "The engine confirmed the booking."),
            (cancelled(), staff, "Staff cancelled the booking. 1800.00 USD are to be paid back."),
            (unpaid, customer, "The customer cancelled the booking. Nothing is to be paid back."),
            (
                expired(),
                Some(ActorKind::System),
                "The booking expired, because its time to be paid or placed ran out.",
            ),
        ] {
            assert_eq!(told(&event(&payload), by).sentence, sentence);
        }
    }

    #[test]
    fn an_end_has_a_reason() {
        let reason = |payload: &Value| told(&event(payload), None).reason.map(ToOwned::to_owned);
        assert_eq!(reason(&created()), None);
        assert_eq!(reason(&cancelled()), Some("CUSTOMER_ASKED".to_owned()));
        assert_eq!(reason(&expired()), Some(TIME_RAN_OUT.to_owned()));
        let commented = event(&with(cancelled(), "comments", json!("sealed:1:c")));
        assert_eq!(told(&commented, None).comments.map(Sealed::as_str), Some("sealed:1:c"));
    }
}
