//! What owners can see of the journal: events, who did what, and whether it is still what it was.

use std::time::{Duration, Instant};

use booking::database;
use booking_http::Role;
use serde_json::{Value, json};
use sqlx::Executor;
use uuid::Uuid;

use super::{instant_of, number};
use crate::api::stage::{Stage, order};
use crate::support::process::{Answer, Caller, Dev, folder};

/// The longest that the relay may take to chain what is stored, on however busy a machine.
const CHAINED_WITHIN: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// A position right before a booking of a seat and its confirmation, and the two answers.
struct Seen {
    stage: &'static Stage,
    before: i64,
    clerks_id: Uuid,
    placed: Answer,
    confirmed: Answer,
}

impl Seen {
    async fn booking() -> Self {
        let stage = Stage::shared();
        let flight = stage.flight().await;
        let (before, clerks_id) = (stage.head().await, Uuid::now_v7());
        let placed =
            stage.dev.new_customer().post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);
        let clerk = stage.dev.someone(Role::Manager, clerks_id.into());
        let confirm = format!("{}/confirm", placed.header("location"));
        let confirmed = clerk.post(&confirm, json!({})).await.is(200);
        Self { stage, before, clerks_id, placed, confirmed }
    }

    fn id(&self) -> &str {
        self.placed.text("booking_id")
    }
}

fn rows(answer: &Answer) -> Vec<Value> {
    answer.body["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn owners_read_their_events_after_a_position() {
    let seen = Seen::booking().await;
    let owner = seen.stage.dev.owner();
    let path = format!("/api/v1/events?after_position={}&limit=100", seen.before);

    let events = owner.get(&path).await.is(200);

    let of_booking: Vec<Value> =
        rows(&events).into_iter().filter(|event| event["payload"]["booking_id"] == seen.id()).collect();
    let types: Vec<&str> = of_booking.iter().map(|event| event["event_type"].as_str().unwrap()).collect();
    assert_eq!(types, ["seat.claimed", "booking.created", "booking.confirmed"]);
    let created = &of_booking[1];
    assert_eq!((&created["aggregate_id"], &created["sequence"]), (&json!(seen.id()), &json!(1)));
    assert_eq!(created["position"], seen.placed.position());
    assert_eq!(created["metadata"]["actor"]["kind"], "customer");
    let name = created["payload"]["passengers"][0]["first_name"].as_str().unwrap();
    assert!(name.starts_with("sealed:1:"), "personal data stays sealed: {name}");
    let positions: Vec<i64> =
        rows(&events).iter().map(|event| number(event["position"].as_str().unwrap())).collect();
    assert!(positions.is_sorted() && positions.iter().all(|position| seen.before < *position));
}

#[tokio::test]
async fn events_come_by_type_and_page_by_page_to_the_end() {
    let seen = Seen::booking().await;
    let owner = seen.stage.dev.owner();
    let (mut after, mut found) = (format!("1.{}", seen.before), vec![]);
    loop {
        let path =
            format!("/api/v1/events?types=booking.confirmed,seat.claimed&limit=1&after_position={after}");
        let page = owner.get(&path).await.is(200);
        assert!(rows(&page).len() <= 1);
        found.extend(rows(&page));
        let next = page.text("after_position").to_owned();
        if next == page.text("head") {
            break;
        }
        assert!(number(&after) < number(&next), "each page goes on");
        after = next;
    }
    let of_booking = found.iter().filter(|event| event["payload"]["booking_id"] == seen.id());
    let types: Vec<&str> = of_booking.map(|event| event["event_type"].as_str().unwrap()).collect();
    assert_eq!(types, ["seat.claimed", "booking.confirmed"]);
}

#[tokio::test]
async fn events_of_another_business_are_not_shown() {
    let seen = Seen::booking().await;
    let path = format!("/api/v1/events?after_position={}&limit=100", seen.before);
    let events = seen.stage.dev.stranger().get(&path).await.is(200);
    assert!(rows(&events).iter().all(|event| event["payload"]["booking_id"] != seen.id()));
    assert!(seen.before < number(events.text("after_position")), "it was looked at all the same");
}

#[tokio::test]
async fn the_trail_says_who_did_what_to_what_the_newest_first() {
    let seen = Seen::booking().await;
    let path = format!("/api/v1/admin/audit?actor={}", seen.clerks_id);

    let trail = seen.stage.dev.owner().get(&path).await.is(200);

    assert_eq!(
        rows(&trail),
        [json!({
            "position": seen.confirmed.position(),
            "at": rows(&trail)[0]["at"],
            "tenant_id": seen.stage.dev.banner["tenants"][0]["tenant_id"],
            "actor": {"kind": "staff", "id": seen.clerks_id},
            "action": "booking.confirmed",
            "target": format!("booking/{}", seen.id()),
        })]
    );
    let all = seen.stage.dev.owner().get("/api/v1/admin/audit?limit=100").await.is(200);
    let positions: Vec<i64> =
        rows(&all).iter().map(|deed| number(deed["position"].as_str().unwrap())).collect();
    assert!(positions.is_sorted_by(|one, next| next < one), "{positions:?}");
}

#[tokio::test]
async fn the_trail_can_be_narrowed_and_goes_on_by_cursor() {
    let seen = Seen::booking().await;
    let owner = seen.stage.dev.owner();
    let from = instant_of(seen.stage, seen.placed.position()).await;
    let confirmed = instant_of(seen.stage, seen.confirmed.position()).await;
    let user = seen.placed.text("user_id");
    let read = async |query: String| {
        let (mut found, mut cursor) = (vec![], String::new());
        loop {
            let trail = owner.get(&format!("/api/v1/admin/audit?limit=1&{query}{cursor}")).await.is(200);
            found.extend(rows(&trail).iter().map(|deed| deed["action"].as_str().unwrap().to_owned()));
            match trail.body["pagination"]["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    };
    assert_eq!(read(format!("actor={user}")).await, ["booking.created", "seat.claimed"]);
    assert_eq!(read(format!("actor={user}&from={from}")).await, ["booking.created", "seat.claimed"]);
    assert_eq!(read(format!("actor={user}&to={from}")).await, Vec::<String>::new(), "until just before");
    assert_eq!(read(format!("actor={user}&from={confirmed}")).await, Vec::<String>::new());
    assert_eq!(read(format!("actor={}&from={confirmed}", seen.clerks_id)).await, ["booking.confirmed"]);
    assert_eq!(read("actor=customer&from=2001-01-01&to=2001-01-02".to_owned()).await, Vec::<String>::new());
    let staff =
        owner.get(&format!("/api/v1/admin/audit?actor=staff&from={confirmed}&limit=100")).await.is(200);
    assert!(rows(&staff).iter().all(|deed| deed["actor"]["kind"] == "staff"));
    assert!(rows(&staff).iter().any(|deed| deed["position"] == seen.confirmed.position()));
}

#[tokio::test]
async fn owners_see_their_business_and_the_platform_all_of_them() {
    let seen = Seen::booking().await;
    let path = format!("/api/v1/admin/audit?actor={}", seen.clerks_id);
    assert_eq!(rows(&seen.stage.dev.stranger().get(&path).await.is(200)), Vec::<Value>::new());
    let platform = seen.stage.dev.stranger_as(Role::SuperAdmin);
    assert_eq!(rows(&platform.get(&path).await.is(200)).len(), 1);
}

#[tokio::test]
async fn only_owners_look_into_the_journal() {
    let stage = Stage::shared();
    for path in ["/api/v1/events", "/api/v1/admin/audit", "/api/v1/audit/verify", "/api/v1/audit/checkpoints"]
    {
        for role in [Role::Customer, Role::Provider, Role::Manager, Role::Service] {
            let refused = stage.dev.someone(role, Uuid::now_v7().into()).get(path).await.is(403);
            assert_eq!(refused.text("code"), "FORBIDDEN", "{path} as {role:?}");
        }
        assert_eq!(stage.dev.owner().with_token("").get(path).await.is(401).text("code"), "UNAUTHORIZED");
        let (head, ahead) = (stage.head().await, [("booking-min-position", "1.9000000000")]);
        // Another test may verify at this moment.
        let answer = stage.dev.owner().get(path).await;
        assert!(
            answer.status.as_u16() == 503 || head <= number(answer.position()),
            "{path} says what it shows"
        );
        let refused = stage.dev.owner().call(reqwest::Method::GET, path, None, &ahead).await.is(400);
        assert_eq!(refused.text("code"), "INVALID_POSITION", "{path}");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_of_the_journal_is_refused() {
    let stage = Stage::shared();
    let (owner, head) = (stage.dev.owner(), stage.head().await);
    for (query, code) in [
        ("events?types=booking.lost".to_owned(), "INVALID_QUERY"),
        ("events?types=".to_owned(), "INVALID_QUERY"),
        ("events?limit=0".to_owned(), "INVALID_QUERY"),
        ("events?limit=101".to_owned(), "INVALID_QUERY"),
        ("events?after_position=soon".to_owned(), "INVALID_QUERY"),
        ("events?cursor=position.7".to_owned(), "INVALID_QUERY"),
        (format!("events?after_position={}", head + 1_000_000), "INVALID_POSITION"),
        ("events?after_position=2.1".to_owned(), "INVALID_POSITION"),
        ("admin/audit?actor=nobody".to_owned(), "INVALID_QUERY"),
        ("admin/audit?page=2".to_owned(), "INVALID_QUERY"),
        ("admin/audit?sort=at".to_owned(), "INVALID_QUERY"),
        ("admin/audit?cursor=x".to_owned(), "INVALID_QUERY"),
        ("admin/audit?from=yesterday".to_owned(), "INVALID_QUERY"),
        ("audit/verify?from=0".to_owned(), "INVALID_QUERY"),
        ("audit/verify?from=3&to=2".to_owned(), "INVALID_QUERY"),
        ("audit/verify?from=2.1".to_owned(), "INVALID_POSITION"),
        (format!("audit/verify?to={}", head + 1_000_000), "INVALID_POSITION"),
        ("audit/checkpoints?page=2".to_owned(), "INVALID_QUERY"),
    ] {
        let refused = owner.get(&format!("/api/v1/{query}")).await.is(400);
        assert_eq!(refused.text("code"), code, "{query}");
    }
}

/// The report, once the relay has chained all there is and nobody else verifies.
async fn verified(owner: &Caller, query: &str) -> Value {
    let deadline = Instant::now() + CHAINED_WITHIN;
    loop {
        let answer = owner.get(&format!("/api/v1/audit/verify{query}")).await;
        if answer.status.as_u16() == 200 && answer.body["chained"] == answer.body["head"] {
            return answer.body;
        }
        assert!(Instant::now() < deadline, "{}", answer.body);
        tokio::time::sleep(POLL).await;
    }
}

/// History is whole, a signed head says so, and what is changed past all guards is found where it is.
#[tokio::test(flavor = "multi_thread")]
async fn whether_history_is_what_it_was_can_be_seen() {
    let mut dev = Dev::start();
    let body = json!({"flight_id": dev.flight(), "passengers": [{"first_name": "A", "last_name": "B"}]});
    dev.customer().post("/api/v1/bookings", body).await.is(201);
    // The relay signs the head when it ends.
    assert!(dev.stop().success());
    dev.await_no_server();
    let mut dev = Dev::start_in(std::mem::replace(&mut dev.folder, folder()), &[]);
    let owner = dev.owner();

    let whole = verified(&owner, "").await;
    assert_eq!((&whole["is_whole"], &whole["breaches"]), (&json!(true), &json!([])), "{whole}");
    assert!(1 <= whole["signed_heads"].as_u64().unwrap(), "{whole}");
    assert_eq!((&whole["checked"]["from"], &whole["checked"]["to"]), (&json!("1.1"), &whole["head"]));
    let checkpoints = owner.get("/api/v1/audit/checkpoints").await.is(200);
    let signed = &rows(&checkpoints)[0];
    assert_eq!(signed["is_on_chain"], true);
    assert_eq!((signed["hash"].as_str().unwrap().len(), &signed["position"]), (64, &whole["head"]));
    assert!(checkpoints.body["public_key"].is_string() && signed["signature"].is_string());

    let database = database::owner(dev.banner["database_url"].as_str().unwrap()).await.unwrap();
    let forged = "set session_replication_role = replica;
                  update journal.event set metadata = '{}' where position = 2; reset session_replication_role";
    database.execute(forged).await.unwrap();

    let broken = verified(&owner, "").await;
    assert_eq!(broken["is_whole"], false);
    let breach = &broken["breaches"][0];
    let until = breach["position"].as_i64().unwrap();
    assert!(breach["what"].as_str().unwrap().ends_with("are not those that were chained"), "{breach}");
    let around = verified(&owner, "?from=1&to=2").await;
    assert_eq!(around["breaches"][0]["position"], until);
    let beyond = verified(&owner, &format!("?from={}", until + 1)).await;
    assert!(beyond["is_whole"].as_bool().unwrap(), "{beyond}");
    dev.kill();
}
