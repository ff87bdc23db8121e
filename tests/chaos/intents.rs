//! What customers wanted and what they were told: the one memory that is never killed.

use std::sync::Mutex;

use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::process::Answer;

/// Refusals that customers at work may get. Any other one is a finding.
const REFUSALS: [&str; 5] =
    ["SEAT_TAKEN", "FLIGHT_UNAVAILABLE", "PAYMENT_WINDOW_PASSED", "CANNOT_CANCEL_BOOKING", "BOOKING_ENDED"];

/// One Idempotency-Key: what is asked for under it, and what was answered.
#[derive(Debug, Clone, Serialize)]
pub struct Intent {
    pub key: String,
    /// The account that asks, or for whom staff ask.
    pub customer: Uuid,
    pub deed: Deed,
    /// Milliseconds since customers began.
    pub sent_ms: u64,
    /// Requests with this key that were sent.
    pub tries: u32,
    pub outcome: Outcome,
}

/// What is asked for.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    Place(Value),
    Cancel {
        booking_id: String,
    },
    /// By staff.
    Confirm {
        booking_id: String,
    },
    /// By the owner: nobody may be booked on it afterwards.
    CancelFlight {
        flight_id: String,
    },
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing yet, or something that leaves it open.
    Unknown,
    Accepted(Accepted),
    Refused {
        status: u16,
        code: String,
    },
}

/// The ids and the place of what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// The booking, or the flight.
    pub id: String,
    pub reference: String,
    pub seats: Vec<String>,
    pub position: i64,
}

/// Everything asked for so far, and what looked wrong to those who asked.
#[derive(Debug, Default)]
pub struct Log {
    intents: Mutex<Vec<Intent>>,
    complaints: Mutex<Vec<String>>,
}

impl Deed {
    pub fn path(&self) -> String {
        match self {
            Self::Place(_) => "/api/v1/bookings".to_owned(),
            Self::Cancel { booking_id } => format!("/api/v1/bookings/{booking_id}/cancel"),
            Self::Confirm { booking_id } => format!("/api/v1/bookings/{booking_id}/confirm"),
            Self::CancelFlight { flight_id } => format!("/api/v1/flights/{flight_id}/cancel"),
        }
    }

    pub const fn method() -> Method {
        Method::POST
    }

    pub fn body(&self) -> Value {
        match self {
            Self::Place(order) => order.clone(),
            Self::Cancel { .. } | Self::Confirm { .. } | Self::CancelFlight { .. } => json!({}),
        }
    }

    /// Customers may do everything but this themselves.
    pub const fn is_for_staff(&self) -> bool {
        matches!(self, Self::Confirm { .. } | Self::CancelFlight { .. })
    }

    /// The event that says that it was done.
    pub const fn event(&self) -> &'static str {
        match self {
            Self::Place(_) => "booking.created",
            Self::Cancel { .. } => "booking.cancelled",
            Self::Confirm { .. } => "booking.confirmed",
            Self::CancelFlight { .. } => "departure.cancelled",
        }
    }
}

impl Outcome {
    /// # Errors
    /// A complaint about an answer that there must never be.
    pub fn of(answer: &Answer) -> Result<Self, String> {
        let text = |name: &str| answer.body[name].as_str().unwrap_or_default().to_owned();
        let code = text("code");
        match answer.status {
            StatusCode::OK | StatusCode::CREATED => Ok(Self::Accepted(Accepted::of(answer)?)),
            StatusCode::SERVICE_UNAVAILABLE => Ok(Self::Unknown),
            status if REFUSALS.contains(&&*code) => Ok(Self::Refused { status: status.as_u16(), code }),
            status => Err(format!("was answered {status}: {}", answer.body)),
        }
    }

    pub const fn accepted(&self) -> Option<&Accepted> {
        match self {
            Self::Accepted(accepted) => Some(accepted),
            Self::Unknown | Self::Refused { .. } => None,
        }
    }
}

impl Accepted {
    fn of(answer: &Answer) -> Result<Self, String> {
        let body = &answer.body;
        let id = body["booking_id"].as_str().or(body["flight_id"].as_str());
        let seats = body["allocated_seats"].as_array().into_iter().flatten();
        let position = position(answer).ok_or_else(|| format!("no position in {:?}", answer.headers))?;
        Ok(Self {
            id: id.ok_or_else(|| format!("no id in {body}"))?.to_owned(),
            reference: body["booking_reference"].as_str().unwrap_or_default().to_owned(),
            seats: seats.filter_map(|seat| seat.as_str().map(str::to_owned)).collect(),
            position,
        })
    }
}

impl Log {
    /// Before anything is sent. Answers its place in the log.
    pub fn add(&self, intent: Intent) -> usize {
        let mut intents = self.intents.lock().unwrap();
        intents.push(intent);
        intents.len() - 1
    }

    /// Once more under the same key. What is known stays known: an answer that says otherwise is a complaint.
    pub fn told(&self, place: usize, outcome: Outcome) {
        let mut intents = self.intents.lock().unwrap();
        let intent = &mut intents[place];
        intent.tries += 1;
        match (&intent.outcome, outcome) {
            (_, Outcome::Unknown) => {}
            (Outcome::Unknown, outcome) => intent.outcome = outcome,
            (known, outcome) if *known == outcome => {}
            (known, outcome) => {
                let complaint = format!("{}: first {known:?}, then {outcome:?}", intent.key);
                self.complain(complaint);
            }
        }
    }

    pub fn complain(&self, complaint: String) {
        self.complaints.lock().unwrap().push(complaint);
    }

    pub fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap().clone()
    }

    pub fn intents(&self) -> Vec<Intent> {
        self.intents.lock().unwrap().clone()
    }

    pub fn get(&self, place: usize) -> Intent {
        self.intents.lock().unwrap()[place].clone()
    }
}

/// Of `Booking-Position`, such as `1.48213`.
pub fn position(answer: &Answer) -> Option<i64> {
    let token = answer.headers.get("booking-position")?.to_str().ok()?;
    token.split_once('.')?.1.parse().ok()
}
