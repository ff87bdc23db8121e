//! An engine whose reactors are a process apart: the tests start and kill them.

use booking_http::Role;
use serde_json::json;
use uuid::Uuid;

use crate::support::process::{Answer, Caller};
use crate::support::roles::{Engine, RoleProcess, eventually};

/// Flights that are booked on.
const FLIGHTS: usize = 40;

/// All but the reactors.
pub struct House {
    pub engine: Engine,
    pub command_api: RoleProcess,
    pub query_api: RoleProcess,
    _workers: [RoleProcess; 2],
    pub flights: Vec<String>,
}

impl House {
    pub async fn open() -> Self {
        let engine = Engine::with_flights().await;
        let (command_api, query_api) = (engine.command_api().await, engine.query_api().await);
        let workers = [engine.relay().await, engine.projections().await];
        query_api.await_shown(engine.head().await).await;
        let owner = query_api.as_user(Role::Owner, Uuid::new_v4());
        let flights = owner.get(&format!("/api/v1/flights?limit={FLIGHTS}")).await.is(200).body;
        let flights = flights["data"].as_array().unwrap().iter();
        let flights = flights.map(|flight| flight["flight_id"].as_str().unwrap().to_owned()).collect();
        Self { engine, command_api, query_api, _workers: workers, flights }
    }

    pub fn staff(&self) -> Caller {
        self.command_api.as_user(Role::Owner, Uuid::new_v4())
    }

    pub async fn order(&self, flight: &str, seat: Option<&str>) -> Answer {
        let passengers = json!([{"first_name": "Ada", "last_name": "Lovelace"}]);
        let mut order = json!({"flight_id": flight, "passengers": passengers});
        if let Some(seat) = seat {
            order["seats"] = json!([seat]);
        }
        self.command_api.as_user(Role::Customer, Uuid::new_v4()).post("/api/v1/bookings", order).await
    }

    pub async fn place(&self, flight: &str, seat: Option<&str>) -> Answer {
        self.order(flight, seat).await.is(201)
    }

    pub async fn place_refused(&self, flight: &str, seat: &str) {
        assert_eq!(self.order(flight, Some(seat)).await.is(409).text("code"), "SEAT_TAKEN");
    }

    pub async fn read(&self, placed: &Answer) -> Answer {
        let owner = self.query_api.as_user(Role::Owner, Uuid::new_v4());
        owner.get_at(placed.header("location"), placed.position()).await.is(200)
    }

    pub async fn await_status(&self, placed: &Answer, status: &str) -> Answer {
        eventually(&format!("the booking is {status}"), async || {
            let answer = self.read(placed).await;
            (answer.text("status") == status).then_some(answer)
        })
        .await
    }

    pub async fn events(&self, name: &str) -> usize {
        self.count(&format!("select count(*) from journal.event where event_type = '{name}'")).await
    }

    pub async fn count(&self, query: &str) -> usize {
        let owner = self.engine.owner().await;
        let count: i64 = sqlx::query_scalar(query).fetch_one(&owner).await.unwrap();
        owner.close().await;
        usize::try_from(count).unwrap()
    }

    pub async fn await_expired(&self, at_least: usize) {
        eventually(&format!("{at_least} bookings have expired"), async || {
            (at_least <= self.events("booking.expired").await).then_some(())
        })
        .await;
    }

    pub async fn await_no_timer(&self) {
        eventually("no timer is left", async || {
            (self.count("select count(*) from react.timer").await == 0).then_some(())
        })
        .await;
    }
}
