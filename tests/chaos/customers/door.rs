//! How a request is sent, and what is made of its answer.

use std::time::{Duration, Instant};

use booking_http::Role;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::Office;
use crate::intents::{Deed, Outcome};
use crate::support::process::{Answer, Caller};
use crate::support::roles::Engine;

/// The longest that customers wait for an answer before they hang up.
const PATIENCE: Duration = Duration::from_secs(3);
/// Between two tries.
const TRY_AGAIN: Duration = Duration::from_millis(50);

/// Where customers call, by way of proxies.
pub struct Doors {
    pub command_apis: [String; 2],
    pub query_api: String,
}

impl Doors {
    pub fn caller(&self, role: Role, user: Uuid) -> Caller {
        Caller::new(&self.command_apis[0], &Engine::token(role, user))
    }
}

impl Office {
    /// Sends a request of the log again and again, to one door and the other.
    pub async fn insist(&self, place: usize, deadline: Instant) {
        let caller = self.caller(place);
        for door in place.. {
            if self.send(&caller, place, door).await || deadline <= Instant::now() {
                return;
            }
            sleep(TRY_AGAIN).await;
        }
    }

    /// The same, to one door alone.
    pub async fn is_answered_at(&self, place: usize, door: usize, deadline: Instant) -> bool {
        let caller = self.caller(place);
        while !self.send(&caller, place, door).await {
            if deadline <= Instant::now() {
                return false;
            }
            sleep(TRY_AGAIN).await;
        }
        true
    }

    fn caller(&self, place: usize) -> Caller {
        let intent = self.log.get(place);
        let role = if intent.deed.is_for_staff() { Role::Owner } else { Role::Customer };
        self.doors.caller(role, intent.customer)
    }

    /// Whether there is an answer that says what became of it.
    pub async fn send(&self, caller: &Caller, place: usize, door: usize) -> bool {
        let intent = self.log.get(place);
        let caller = caller.at(&self.doors.command_apis[door % 2]);
        let headers = [("idempotency-key", intent.key.as_str())];
        let body = Some(intent.deed.body().to_string());
        let path = intent.deed.path();
        let answer = patiently(caller.try_call(Deed::method(), &path, body, &headers)).await;
        let outcome = match answer.as_ref().map(Outcome::of) {
            None => Outcome::Unknown,
            Some(Ok(outcome)) => outcome,
            Some(Err(complaint)) => {
                self.log.complain(format!("{} {path} {complaint}", intent.key));
                Outcome::Unknown
            }
        };
        let is_definite = outcome != Outcome::Unknown;
        self.log.told(place, outcome);
        is_definite
    }
}

/// `None` without an answer in time.
pub async fn patiently(call: impl Future<Output = reqwest::Result<Answer>>) -> Option<Answer> {
    timeout(PATIENCE, call).await.ok()?.ok()
}
