//! What is on sale.

use std::path::Path;

use anyhow::Context;
use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::{HeaderValue, Request};
use booking_domain::departure::Flight;
use booking_domain::values::{Cabin, Cabins, Class, DepartureId, Rows, SeatNumber, Seating};
use chrono::{SecondsFormat, TimeDelta, Utc};
use http_body_util::Full;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::connection::Connection;
use super::offers::{OnSale, PARTY};
use super::{LoadArgs, Target};
use crate::tools::progress::bar;

/// Flights that are read at most: a week of all the world's, and more.
const FLIGHTS_MAX: usize = 1_000_000;

/// Those that leave within this are left out, so that none leaves before it is booked.
const AHEAD: TimeDelta = TimeDelta::hours(2);

/// How many places there are for each that is to be booked, on flights chosen at random, if so many are on sale.
const SPARE: u64 = 20;

/// A flight as `GET /flights` lists it, as far as it matters here.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FlightRow {
    flight_id: DepartureId,
    sales_open: bool,
    cabins: Vec<CabinRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct CabinRow {
    class: Class,
    /// With `letters`, for seats that have numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<[u16; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    letters: Option<Box<str>>,
    seats_total: u32,
    seats_free: u32,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<FlightRow>,
    pagination: Pagination,
}

#[derive(Deserialize)]
struct Pagination {
    total: u64,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct SeatMap {
    seats: Vec<SeatRow>,
}

#[derive(Deserialize)]
struct SeatRow {
    seat_number: SeatNumber,
    is_available: bool,
}

/// What is on sale: all of the file if there is one, else a part, chosen at random, of what the query API lists.
/// It asks for seats only where some are sold.
pub async fn on_sale(
    args: &LoadArgs,
    customer: HeaderValue,
    chance: &mut StdRng,
) -> anyhow::Result<Vec<OnSale>> {
    if let Some(path) = &args.flights {
        return Ok(read(path)?.iter().filter(|flight| flight.sales_open).map(FlightRow::on_sale).collect());
    }
    let mut asking = Asking::open(args.flights_url.as_ref().unwrap_or(&args.url), customer).await?;
    let mut flights = asking.flights().await?;
    flights.shuffle(chance);
    let mut departures = vec![];
    for flight in enough(&flights, SPARE * PARTY as u64 * args.bookings) {
        let mut departure = flight.on_sale();
        if flight.has_sold_seats() {
            departure.seats = asking.free_seats(departure.flight_id).await?;
        }
        departures.push(departure);
    }
    Ok(departures)
}

/// The first flights that have so many places, or all of them.
fn enough(flights: &[FlightRow], places: u64) -> &[FlightRow] {
    let mut found = 0;
    let few = flights.iter().take_while(|flight| {
        let wanted = found < places;
        found += flight.places_free();
        wanted
    });
    &flights[..few.count()]
}

fn read(path: &Path) -> anyhow::Result<Vec<FlightRow>> {
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} does not list flights", path.display()))
}

struct Asking {
    connection: Connection,
    host: HeaderValue,
    customer: HeaderValue,
}

impl Asking {
    async fn open(target: &Target, customer: HeaderValue) -> anyhow::Result<Self> {
        Ok(Self { connection: Connection::open(target).await?, host: target.host.clone(), customer })
    }

    /// All that can be booked, page by page.
    async fn flights(&mut self) -> anyhow::Result<Vec<FlightRow>> {
        let from = (Utc::now() + AHEAD).to_rfc3339_opts(SecondsFormat::Secs, true);
        let list = format!("/api/v1/flights?status=scheduled&from={from}&limit=100");
        let (mut flights, mut path, bar) = (vec![], list.clone(), bar(0, "flights"));
        while flights.len() < FLIGHTS_MAX {
            let page: Page = self.get(&path).await?;
            bar.set_length(page.pagination.total);
            bar.inc(page.data.len() as u64);
            flights.extend(page.data.into_iter().filter(|flight| flight.sales_open));
            let Some(cursor) = page.pagination.next_cursor else { break };
            path = format!("{list}&cursor={cursor}");
        }
        bar.finish_and_clear();
        Ok(flights)
    }

    async fn free_seats(&mut self, flight_id: DepartureId) -> anyhow::Result<Vec<SeatNumber>> {
        let map: SeatMap = self.get(&format!("/api/v1/flights/{flight_id}/seats")).await?;
        Ok(map.seats.iter().filter(|seat| seat.is_available).map(|seat| seat.seat_number).collect())
    }

    async fn get<T: DeserializeOwned>(&mut self, path: &str) -> anyhow::Result<T> {
        let request = Request::get(path).header(HOST, &self.host).header(AUTHORIZATION, &self.customer);
        let answer = self.connection.ask(request.body(Full::<Bytes>::default())?).await?;
        anyhow::ensure!(answer.status.is_success(), "GET {path} was answered with {}", answer.status);
        serde_json::from_slice(&answer.body)
            .with_context(|| format!("GET {path} was answered in another form"))
    }
}

impl FlightRow {
    /// A flight of which nothing is sold.
    pub fn unsold(flight: &Flight, cabins: &Cabins) -> Self {
        Self {
            flight_id: flight.flight_id,
            sales_open: true,
            cabins: cabins.iter().map(CabinRow::unsold).collect(),
        }
    }

    /// Seats that have numbers.
    pub fn seats_total(&self) -> u32 {
        self.cabins.iter().filter(|cabin| cabin.rows.is_some()).map(|cabin| cabin.seats_total).sum()
    }

    /// Places without numbers.
    pub fn places_total(&self) -> u32 {
        self.cabins.iter().filter(|cabin| cabin.rows.is_none()).map(|cabin| cabin.seats_total).sum()
    }

    fn places_free(&self) -> u64 {
        self.cabins.iter().map(|cabin| u64::from(cabin.seats_free)).sum()
    }

    fn has_sold_seats(&self) -> bool {
        self.cabins.iter().any(|cabin| cabin.rows.is_some() && cabin.seats_free < cabin.seats_total)
    }

    /// As if every seat that has a number were free.
    fn on_sale(&self) -> OnSale {
        let seats = self.cabins.iter().filter_map(CabinRow::rows);
        let pools = self.cabins.iter().filter(|cabin| cabin.rows.is_none());
        OnSale {
            flight_id: self.flight_id,
            seats: seats.flat_map(|rows| rows.seats().collect::<Vec<_>>()).collect(),
            pools: pools.map(|cabin| (cabin.class.clone(), cabin.seats_free)).collect(),
        }
    }
}

impl CabinRow {
    fn unsold(cabin: &Cabin) -> Self {
        let (rows, letters) = match &cabin.seating {
            Seating::Numbered(rows) => (Some([rows.first_row, rows.last_row]), Some(rows.letters.clone())),
            Seating::Counted(_) => (None, None),
        };
        let seats = cabin.capacity();
        Self { class: cabin.class.clone(), rows, letters, seats_total: seats, seats_free: seats }
    }

    fn rows(&self) -> Option<Rows> {
        let ([first_row, last_row], letters) = self.rows.zip(self.letters.clone())?;
        Some(Rows { first_row, last_row, letters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_flights_are_taken_as_have_the_places() {
        let flight = |seats: u32| -> FlightRow {
            serde_json::from_value(serde_json::json!({
                "flight_id": "00000000-0000-0000-0000-000000000007",
                "sales_open": true,
                "cabins": [{"class": "lawn", "seats_total": seats, "seats_free": seats}],
            }))
            .unwrap()
        };
        let flights = [10, 20, 30].map(flight);
        let taken = |places| enough(&flights, places).len();
        assert_eq!([0, 1, 10, 11, 30, 31, 1_000].map(taken), [0, 1, 1, 2, 2, 3, 3]);
    }

    #[test]
    fn a_flight_is_read_as_the_query_api_lists_it() {
        let flight: FlightRow = serde_json::from_value(serde_json::json!({
            "flight_id": "00000000-0000-0000-0000-000000000007",
            "flight_number": "AA100",
            "status": "scheduled",
            "sales_open": true,
            "cabins": [
                {"class": "economy", "rows": [1, 2], "letters": "A C", "seats_total": 4, "seats_free": 3,
                 "price": {"amount": "1.00", "amount_minor": 100, "currency": "USD"}},
                {"class": "lawn", "count": 50, "overbooking_limit": 5, "seats_total": 50, "seats_free": 9},
            ],
        }))
        .unwrap();

        let departure = flight.on_sale();

        assert!(flight.has_sold_seats());
        assert_eq!(flight.seats_total(), 4);
        assert_eq!(departure.seats, ["1A", "1C", "2A", "2C"].map(|seat| seat.parse().unwrap()));
        assert_eq!(departure.pools, [(Class::new("lawn").unwrap(), 9)]);
    }
}
