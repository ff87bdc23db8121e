//! `booking bench-buyers`: many who want the same, all at once.

use std::io::Write;
use std::rc::Rc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{Request, StatusCode};
use booking_domain::values::SeatNumber;
use booking_http::IDEMPOTENCY_KEY;
use clap::Args;
use http_body_util::Full;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::bench::load::{Answer, Connection, Customers, Target, on_one_thread};
use crate::exit::Failure;
use crate::settings::Settings;

/// What is said to those who come too late: for a seat, and for a place of a pool.
const SOLD_OUT: [&str; 2] = ["SEAT_TAKEN", "FLIGHT_UNAVAILABLE"];

/// Who wants what.
#[derive(Debug, Clone, Args)]
pub struct BuyersArgs {
    /// Where they book, one after the other
    #[arg(long, value_delimiter = ',', required = true)]
    urls: Vec<Target>,
    /// Id of the business
    #[arg(long)]
    tenant: String,
    /// What they want a place on
    #[arg(long)]
    flight: Uuid,
    /// Seats, one after the other; without any, places of --class
    #[arg(long, value_delimiter = ',')]
    seats: Vec<SeatNumber>,
    /// Class whose places have no numbers
    #[arg(long, required_unless_present = "seats")]
    class: Option<String>,
    /// How many buyers
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    buyers: u32,
}

/// What they were told.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// 201.
    pub wins: u64,
    /// That somebody else was faster.
    pub sold_out: u64,
    /// Anything else, or nothing.
    pub others: u64,
    /// From the first request to the last answer; connections were open before.
    pub ms: u64,
}

/// Lets all of them ask at once, and prints what they were told as JSON.
///
/// # Errors
/// When there is no secret for tokens, or nobody listens.
pub async fn buyers(settings: &Settings, args: BuyersArgs) -> Result<(), Failure> {
    let customers = Customers::many(settings, &args.tenant, args.buyers).await?;
    let told = on_one_thread(move || ask_all(args, customers)).await?;
    let text = serde_json::to_string(&told).map_err(anyhow::Error::from)?;
    writeln!(std::io::stdout().lock(), "{text}").map_err(|failure| Failure::Failed(failure.into()))
}

async fn ask_all(args: BuyersArgs, customers: Customers) -> Result<Told, Failure> {
    let mut buyers = vec![];
    for number in 0..args.buyers {
        let target = &args.urls[number as usize % args.urls.len()];
        let connection = Connection::open(target).await.map_err(|failure| Failure::dependency(&failure))?;
        buyers.push((connection, request(&args, &customers, target, number)));
    }
    let (began, told, mut asking) =
        (Instant::now(), Rc::<std::cell::RefCell<Told>>::default(), JoinSet::new());
    for (mut connection, request) in buyers {
        let told = told.clone();
        asking.spawn_local(async move {
            let answer = connection.ask(request).await;
            told.borrow_mut().count(answer.ok().as_ref());
        });
    }
    asking.join_all().await;
    let told = *told.borrow();
    Ok(Told { ms: millis(began.elapsed()), ..told })
}

fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

fn request(args: &BuyersArgs, customers: &Customers, target: &Target, number: u32) -> Request<Full<Bytes>> {
    let body = Bytes::from(body(args, number).to_string());
    Request::post("/api/v1/bookings")
        .header(HOST, &target.host)
        .header(AUTHORIZATION, customers.of(number.into()))
        .header(CONTENT_TYPE, "application/json")
        .header(IDEMPOTENCY_KEY, Uuid::now_v7().to_string())
        .body(Full::new(body))
        .expect("headers that were sound before make a sound request")
}

fn body(args: &BuyersArgs, number: u32) -> Value {
    let passengers = json!([{"first_name": "Ada", "last_name": format!("Lovelace {number}")}]);
    match args.seats.len() {
        0 => json!({"flight_id": args.flight, "class": args.class, "passengers": passengers}),
        seats => json!({
            "flight_id": args.flight,
            "seats": [args.seats[number as usize % seats]],
            "passengers": passengers,
        }),
    }
}

impl Told {
    fn count(&mut self, answer: Option<&Answer>) {
        let code = answer.and_then(|answer| serde_json::from_slice::<Value>(&answer.body).ok());
        let code = code.as_ref().and_then(|body| body["code"].as_str());
        match answer.map(|answer| answer.status) {
            Some(StatusCode::CREATED) => self.wins += 1,
            Some(StatusCode::CONFLICT) if code.is_some_and(|code| SOLD_OUT.contains(&code)) => {
                self.sold_out += 1
            }
            Some(_) | None => self.others += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;

    #[test]
    fn only_that_others_were_faster_is_no_spurious_conflict() {
        let mut told = Told::default();
        for (status, code) in
            [(201, ""), (409, "SEAT_TAKEN"), (409, "FLIGHT_UNAVAILABLE"), (409, "OTHER"), (503, "TOO_BUSY")]
        {
            let body = json!({ "code": code }).to_string().into();
            let status = StatusCode::from_u16(status).unwrap();
            told.count(Some(&Answer { status, headers: HeaderMap::new(), body }));
        }
        told.count(None);
        assert_eq!(told, Told { wins: 1, sold_out: 2, others: 3, ms: 0 });
    }
}
