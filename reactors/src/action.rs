//! What reactors want done: data, not deeds.

use booking_domain::UseCase;
use booking_domain::values::TenantId;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What a reactor wants done about an event. It is stored in the transaction that takes the event in. Whoever wants
/// a deed at once sets a timer that is due at once: so it is tried again, and given up, like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Wakes the reactor at `due_at`, in place of an earlier timer with the same key.
    SetTimer {
        /// Follows from the event, so that reacting twice asks for the same.
        key: String,
        /// What it is about.
        subject_id: Uuid,
        /// May be long past.
        due_at: DateTime<Utc>,
    },
    /// Nothing is left to be done; there may be no such timer.
    DropTimer {
        /// As it was set.
        key: String,
    },
}

/// What a reactor wants done when a timer wakes it. One for each timer, so that a timer's tries are its deed's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Sends a command in the engine's name. It must be safe when late, and when repeated.
    Send(UseCase),
}

/// What a refusal means to the reactor whose command was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is left to be done.
    Over,
    /// It was too early: the timer is set to this instant.
    Later(DateTime<Utc>),
    /// It should not have been refused. It is tried again as if it had failed, and a person sees it in the end.
    Odd,
}

/// Names a timer of one reactor.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimerKey {
    /// First in every key.
    pub tenant: TenantId,
    /// Unique within tenant and reactor.
    pub key: String,
}

/// A timer that was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// Its name.
    pub key: TimerKey,
    /// What it is about.
    pub subject_id: Uuid,
    /// When it wakes the reactor.
    pub due_at: DateTime<Utc>,
    /// In whose train it comes.
    pub cause: Cause,
}

/// What a deed is put down to, in the metadata of the events that come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The event that set the timer.
    pub event_id: Uuid,
    /// That event's.
    pub correlation_id: Option<String>,
}

impl Timer {
    /// By what a repeat of its deed is recognised: the same for each try and in each process, another one when the
    /// timer is set to another instant.
    pub fn command_id(&self, reactor: &str) -> Uuid {
        let name = format!("{reactor}/{}/{}", self.key.key, self.due_at.timestamp_micros());
        Uuid::new_v5(&self.key.tenant.uuid(), name.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_deed_has_one_key_and_another_timer_or_instant_another() {
        let timer = Timer {
            key: TimerKey { tenant: Uuid::from_u128(1).into(), key: "payment/7".to_owned() },
            subject_id: Uuid::from_u128(7),
            due_at: DateTime::UNIX_EPOCH,
            cause: Cause { event_id: Uuid::from_u128(9), correlation_id: None },
        };
        let id = timer.command_id("expiry");
        let others = [
            Timer { due_at: timer.due_at + TimeDelta::milliseconds(1), ..timer.clone() },
            Timer { key: TimerKey { key: "payment/8".to_owned(), ..timer.key.clone() }, ..timer.clone() },
            Timer {
                key: TimerKey { tenant: Uuid::from_u128(2).into(), ..timer.key.clone() },
                ..timer.clone()
            },
        ];
        assert_eq!(timer.clone().command_id("expiry"), id);
        assert!(others.iter().all(|other| other.command_id("expiry") != id));
        assert_ne!(timer.command_id("reminder"), id);
    }
}
