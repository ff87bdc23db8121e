//! Whether this process is well, for people, balancers and supervisors.
//!
//! Each part of a process reports on itself; asking costs nothing and never waits. A part whose
//! reporter is gone, because its task ended or panicked, is down.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::contract::{Operation, Routes};

/// One part of a process, such as its connection to the database, as asked about.
#[derive(Debug, Clone)]
pub struct Part {
    name: &'static str,
    standing: watch::Receiver<Standing>,
}

/// One part of a process, as it says. Dropped, the part is down.
#[derive(Debug)]
pub struct Reporter(watch::Sender<Standing>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PartHealth)]
#[serde(tag = "status", rename_all = "snake_case")]
enum Standing {
    Up,
    Down {
        /// Fixed words: anyone may read them.
        reason: &'static str,
        /// Of the event that it does not pass, if that is why.
        #[serde(skip_serializing_if = "Option::is_none")]
        position: Option<i64>,
    },
}

#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok` or `degraded`.
    status: &'static str,
    #[serde(serialize_with = "crate::instant::serialize")]
    timestamp: DateTime<Utc>,
    uptime_seconds: u64,
    parts: BTreeMap<&'static str, Standing>,
}

#[derive(Serialize, ToSchema)]
struct Live {
    status: &'static str,
}

impl Standing {
    const fn down(reason: &'static str) -> Self {
        Self::Down { reason, position: None }
    }
}

/// A part and its reporter. It is down until it is reported up.
pub fn part(name: &'static str) -> (Reporter, Part) {
    let (sender, standing) = watch::channel(Standing::down("starting"));
    (Reporter(sender), Part { name, standing })
}

impl Reporter {
    /// The part works. Cheap enough to be said after every success.
    pub fn up(&self) {
        self.say(Standing::Up);
    }

    /// The part does not work. Anyone may read the reason.
    pub fn down(&self, reason: &'static str) {
        self.say(Standing::down(reason));
    }

    /// The part does not pass the event at a position. Anyone may read both.
    pub fn down_before(&self, position: i64, reason: &'static str) {
        self.say(Standing::Down { reason, position: Some(position) });
    }

    fn say(&self, standing: Standing) {
        self.0.send_if_modified(|last| std::mem::replace(last, standing) != standing);
    }
}

impl Part {
    /// As `/health` shows it.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it works.
    pub fn is_up(&self) -> bool {
        self.standing() == Standing::Up
    }

    fn standing(&self) -> Standing {
        if self.standing.has_changed().is_err() {
            return Standing::down("stopped");
        }
        *self.standing.borrow()
    }
}

/// `/health` (200, ok or degraded), `/health/live` (200 while the process answers at all) and
/// `/health/ready` (503 while a part is down). Uptime is counted from this call.
pub fn routes(parts: Vec<Part>) -> Routes {
    let (started, parts) = (Instant::now(), Arc::new(parts));
    let ready = Arc::clone(&parts);
    let ok = StatusCode::OK;
    let all = Operation::get("/health", "How this process is").answering::<Health>(ok);
    let live = Operation::get("/health/live", "Whether it answers at all").answering::<Live>(ok);
    let is_ready = Operation::get("/health/ready", "Whether all its parts work");
    let is_ready = is_ready.answering::<Health>(ok).answering::<Health>(StatusCode::SERVICE_UNAVAILABLE);
    Routes::new()
        .on(all, async move || answer(StatusCode::OK, &health(started, &parts)))
        .on(live, async || answer(StatusCode::OK, &Live { status: "ok" }))
        .on(is_ready, async move || readiness(&health(started, &ready)))
}

fn health(started: Instant, parts: &[Part]) -> Health {
    let parts: BTreeMap<_, _> = parts.iter().map(|part| (part.name, part.standing())).collect();
    let well = parts.values().all(|standing| *standing == Standing::Up);
    Health {
        status: if well { "ok" } else { "degraded" },
        timestamp: Utc::now(),
        uptime_seconds: started.elapsed().as_secs(),
        parts,
    }
}

fn readiness(health: &Health) -> Response {
    let status = if health.status == "ok" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    answer(status, health)
}

fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use serde_json::json;

    use super::*;
    use crate::asking::{Heard, ask, get};

    async fn heard(parts: &[Part], path: &str) -> Heard {
        ask(routes(parts.to_vec()).router(), get(path).body(Body::empty()).unwrap()).await
    }

    #[tokio::test]
    async fn health_says_how_each_part_stands() {
        let (journal, journal_part) = part("journal");
        let (nats, nats_part) = part("nats");
        journal.up();
        nats.down("not connected");

        let mut body = heard(&[journal_part, nats_part], "/health").await.body;

        let timestamp = body["timestamp"].take();
        assert!(timestamp.as_str().unwrap().parse::<DateTime<Utc>>().is_ok());
        assert_eq!(
            body,
            json!({
                "status": "degraded",
                "timestamp": null,
                "uptime_seconds": 0,
                "parts": {
                    "journal": {"status": "up"},
                    "nats": {"status": "down", "reason": "not connected"},
                },
            })
        );
    }

    #[tokio::test]
    async fn a_part_that_stands_before_an_event_says_which() {
        let (bookings, part) = part("booking_v1");
        bookings.down_before(48_213, "stopped");

        let body = heard(&[part], "/health").await.body;

        let stands = json!({"status": "down", "reason": "stopped", "position": 48_213});
        assert_eq!(body["parts"]["booking_v1"], stands);
    }

    #[tokio::test]
    async fn ready_means_that_every_part_is_up() {
        let (journal, part) = part("journal");
        let parts = [part];

        assert_eq!(heard(&parts, "/health/ready").await.status, 503, "not yet up");
        journal.up();
        assert_eq!(heard(&parts, "/health/ready").await.status, 200);
        assert_eq!(heard(&parts, "/health").await.body["status"], "ok");
        journal.down("lost");
        let down = heard(&parts, "/health/ready").await;
        assert_eq!((down.status.as_u16(), &down.body["parts"]["journal"]["reason"]), (503, &json!("lost")));
        assert_eq!(heard(&parts, "/health").await.status, 200);
        assert_eq!(heard(&parts, "/health/live").await.body, json!({"status": "ok"}));
    }

    #[tokio::test]
    async fn a_part_whose_task_is_gone_is_down() {
        let (journal, part) = part("journal");
        journal.up();
        drop(journal);

        let body = heard(&[part], "/health").await.body;

        assert_eq!(body["parts"]["journal"], json!({"status": "down", "reason": "stopped"}));
    }
}
