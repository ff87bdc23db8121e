//! A process that is told to stop finishes what it has taken in, and ends.

use std::net::TcpStream;
use std::process::Stdio;

use booking_http::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use uuid::Uuid;

use crate::support::process::{Dev, folder};
use crate::support::roles::{Engine, ended, signal};

#[tokio::test(flavor = "multi_thread")]
async fn every_role_ends_when_it_is_told_to() {
    let engine = Engine::with_flights().await;
    let (mut command_api, mut query_api) = (engine.command_api().await, engine.query_api().await);
    let (mut relay, mut projections) = (engine.relay().await, engine.projections().await);
    let mut reactors = engine.reactors("0").await;
    query_api.await_shown(engine.head().await).await;
    let user = Uuid::new_v4();
    let flights = query_api.as_user(Role::Customer, user).get("/api/v1/flights?limit=1").await.body;
    let order = json!({
        "flight_id": flights["data"][0]["flight_id"],
        "passengers": [{"first_name": "Ada", "last_name": "Lovelace"}],
    });
    let placed = command_api.as_user(Role::Customer, user).post("/api/v1/bookings", order).await;
    assert_eq!(placed.status, StatusCode::CREATED, "{placed:?}");

    for role in [&mut command_api, &mut query_api, &mut relay, &mut projections, &mut reactors] {
        assert_eq!(role.stop().await, Some(0), "{}", role.log());
        assert!(!role.log().contains("ERROR"), "{}", role.log());
    }
    engine.run(&["verify"]).await.succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn development_ends_with_its_servers_when_it_is_told_to() {
    let folder = folder();
    let mut command = Command::new(env!("CARGO_BIN_EXE_booking"));
    command.args(["dev", "--json", "--port", "0", "--data-dir"]).arg(folder.path());
    command.env_remove("DATABASE_URL").env_remove("NATS_URL").kill_on_drop(true);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
    let banner: Value = serde_json::from_str(&line).unwrap();
    let addresses = ["url", "database_url", "nats_url"].map(|name| address(banner[name].as_str().unwrap()));
    assert!(addresses.iter().all(|address| TcpStream::connect(address).is_ok()), "{addresses:?}");

    signal(&child, "TERM").await;

    assert_eq!(ended(&mut child).await, Some(0));
    assert!(addresses.iter().all(|address| TcpStream::connect(address).is_err()), "{addresses:?}");
}

/// Host and port of a URL.
fn address(url: &str) -> String {
    let (_, rest) = url.split_once("://").unwrap();
    let rest = rest.rsplit_once('@').map_or(rest, |(_, address)| address);
    rest.split('/').next().unwrap().to_owned()
}

/// What is wrong deserves a warning; being stopped is not.
#[test]
fn a_development_that_is_stopped_has_nothing_to_warn_of() {
    let mut dev = Dev::start();
    assert!(dev.stop().success());
    let log = std::fs::read_to_string(dev.folder.path().join("dev.log")).unwrap();
    let complaints: Vec<&str> =
        log.lines().filter(|line| line.contains("WARN") || line.contains("ERROR")).collect();
    assert_eq!(complaints, Vec::<&str>::new());
}
