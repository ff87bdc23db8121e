//! Gives back what holds and unpaid bookings keep.
//!
//! ```text
//!   held, hold_expires_at ------+
//!   created, payment_due_at ----+-> timer ---> Expire { now }
//!                                     |
//!   confirmed, cancelled, expired, …--+  drops it
//! ```
//! `Expire` is safe when late: a booking that was confirmed or has ended meanwhile is left as it is (S3-10), so a
//! timer that is dropped too late does no harm.

use booking_domain::booking::{BookingEvent, BookingRefusal};
use booking_domain::use_cases::ExpireBooking;
use booking_domain::values::BookingId;
use booking_domain::{Refusal, UseCase};
use chrono::{DateTime, Utc};

use crate::action::{Action, Deed, Timer, Verdict};

pub fn react(event: &BookingEvent) -> Vec<Action> {
    match event {
        BookingEvent::Held { order, hold_expires_at, .. } => vec![set(order.booking_id, *hold_expires_at)],
        BookingEvent::HoldExtended { of, hold_expires_at, .. } => vec![set(of.booking_id, *hold_expires_at)],
        BookingEvent::Created { order, .. } => {
            order.payment_due_at.map(|due_at| set(order.booking_id, due_at)).into_iter().collect()
        }
        BookingEvent::Reinstated { of, payment_due_at, .. } => {
            payment_due_at.map(|due_at| set(of.booking_id, due_at)).into_iter().collect()
        }
        BookingEvent::Confirmed { of, .. }
        | BookingEvent::Cancelled { of, .. }
        | BookingEvent::Declined { of, .. }
        | BookingEvent::HoldReleased { of, .. }
        | BookingEvent::Expired { of, .. } => vec![Action::DropTimer { key: key(of.booking_id) }],
        BookingEvent::ItemAdded { of, balance, .. }
        | BookingEvent::ItemMoved { of, balance, .. }
        | BookingEvent::ItemCancelled { of, balance, .. }
        | BookingEvent::PriceAdjusted { of, balance, .. } => {
            balance.payment_due_at.map(|due_at| set(of.booking_id, due_at)).into_iter().collect()
        }
        BookingEvent::Archived { .. }
        | BookingEvent::PassengerChanged { .. }
        | BookingEvent::DetailsChanged { .. }
        | BookingEvent::ItemCheckedIn(_)
        | BookingEvent::CheckInReverted(_)
        | BookingEvent::ItemCompleted(_)
        | BookingEvent::ItemMarkedNoShow(_)
        | BookingEvent::NoShowReverted(_) => vec![],
    }
}

pub fn wake(timer: &Timer, now: DateTime<Utc>) -> Deed {
    Deed::Send(UseCase::ExpireBooking(ExpireBooking { booking_id: timer.subject_id.into(), now }))
}

pub const fn judge(refusal: &Refusal) -> Verdict {
    match refusal {
        Refusal::Booking(refusal) => judge_booking(refusal),
        // Releasing what it holds cannot be refused, unless the journal is not as it should be.
        Refusal::Tenant(_)
        | Refusal::Departure(_)
        | Refusal::Seat(_)
        | Refusal::Pool(_)
        | Refusal::Customer(_)
        | Refusal::User(_)
        | Refusal::Sale(_)
        | Refusal::VersionConflict { .. } => Verdict::Odd,
    }
}

const fn judge_booking(refusal: &BookingRefusal) -> Verdict {
    match refusal {
        BookingRefusal::PaymentWindowOpen { due_at } => Verdict::Later(*due_at),
        BookingRefusal::NotFound | BookingRefusal::NeverExpires | BookingRefusal::Ended { .. } => {
            Verdict::Over
        }
        // Answers to other commands.
        BookingRefusal::AlreadyPlaced
        | BookingRefusal::NothingOrdered
        | BookingRefusal::HoldRanOut { .. }
        | BookingRefusal::HoldExtendedOften { .. }
        | BookingRefusal::OnlyHeld
        | BookingRefusal::HoldWasPlaced
        | BookingRefusal::PaymentWindowPassed { .. }
        | BookingRefusal::TooLateToCancel { .. }
        | BookingRefusal::TooLateToChange { .. }
        | BookingRefusal::CannotCancel { .. }
        | BookingRefusal::AlreadyConfirmed
        | BookingRefusal::NotConfirmed
        | BookingRefusal::NotOver
        | BookingRefusal::PassengersLocked
        | BookingRefusal::NoSuchPassenger
        | BookingRefusal::NoSuchItem
        | BookingRefusal::ItemIs { .. }
        | BookingRefusal::CheckInClosed { .. }
        | BookingRefusal::NotStarted { .. }
        | BookingRefusal::PriceOutOfRange
        | BookingRefusal::MixedCurrencies
        | BookingRefusal::TooManyItems { .. } => Verdict::Odd,
    }
}

fn set(booking_id: BookingId, due_at: DateTime<Utc>) -> Action {
    Action::SetTimer { key: key(booking_id), subject_id: booking_id.uuid(), due_at }
}

fn key(booking_id: BookingId) -> String {
    format!("payment/{booking_id}")
}

#[cfg(test)]
mod tests;
