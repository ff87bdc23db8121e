use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::{HeaderValue, Request, StatusCode};
use booking_http::BOOKING_POSITION;
use http_body_util::Full;
use serde::Deserialize;

use super::Target;
use super::connection::{Answer, Connection, NoAnswer};

/// How a read says what it waits for.
const MIN_POSITION: &str = "booking-min-position";

/// How long a booking is waited for; the query API itself gives up after 2 s.
const READ_WITHIN: Duration = Duration::from_secs(20);

/// Reads what was just booked, as its customer would.
pub struct ReadBack {
    connection: Connection,
    host: HeaderValue,
}

#[derive(Deserialize)]
struct Placed<'a> {
    booking_id: &'a str,
}

impl ReadBack {
    /// # Errors
    /// When nobody listens there.
    pub async fn open(target: &Target) -> Result<Self, NoAnswer> {
        Ok(Self { connection: Connection::open(target).await?, host: target.host.clone() })
    }

    /// Asks for a booking at its position until it is there; how long that took, or nothing when it did not come
    /// within 20 s, or the answer named no booking.
    pub async fn wait(&mut self, placed: &Answer, customer: &HeaderValue) -> Option<Duration> {
        let position = placed.headers.get(BOOKING_POSITION)?;
        let Placed { booking_id } = serde_json::from_slice(&placed.body).ok()?;
        let (path, began) = (format!("/api/v1/bookings/{booking_id}"), Instant::now());
        while began.elapsed() < READ_WITHIN {
            let request = Request::get(&path)
                .header(HOST, &self.host)
                .header(AUTHORIZATION, customer)
                .header(MIN_POSITION, position)
                .body(Full::<Bytes>::default())
                .ok()?;
            let answer = self.connection.ask(request).await.ok()?;
            if answer.status == StatusCode::OK {
                return Some(began.elapsed());
            }
        }
        None
    }
}
