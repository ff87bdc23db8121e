//! Each operation of the document x each kind of caller: no hole. A new operation without a row fails.

use std::collections::BTreeSet;

use booking_http::Role;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::rows::{ROWS, Row};
use super::{Operation, operations};
use crate::api::stage::{Stage, order};
use crate::support::process::Caller;

/// Who may, as the design says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Without a token, too.
    Anyone,
    /// Whoever has a role, about themselves.
    OneSelf,
    /// Whoever has a role, about all of the business.
    Everyone,
    /// Customers about their own, staff about all of the business.
    Own,
    Staff,
    Managers,
    Owners,
    /// Whoever runs the engine for all.
    Platform,
}

/// A kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Anonymous,
    /// Owner of the other business.
    Stranger,
    /// Whose booking it is.
    Customer,
    /// Somebody else's.
    OtherCustomer,
    Provider,
    Manager,
    Owner,
    SuperAdmin,
    /// A role of no people.
    Service,
    /// Its key names a scope that nothing here asks for but one row.
    Program,
}

const KINDS: [Kind; 10] = [
    Kind::Anonymous,
    Kind::Stranger,
    Kind::Customer,
    Kind::OtherCustomer,
    Kind::Provider,
    Kind::Manager,
    Kind::Owner,
    Kind::SuperAdmin,
    Kind::Service,
    Kind::Program,
];

/// What all is about.
struct Scene {
    url: String,
    callers: Vec<(Kind, Caller)>,
    /// What stands in braces.
    ids: Vec<(&'static str, String)>,
}

impl Scene {
    async fn set() -> Self {
        let dev = &Stage::shared().dev;
        let user_id = Uuid::now_v7();
        let customer = dev.someone(Role::Customer, user_id.into());
        let flight = Stage::shared().flight().await;
        let placed = customer.post("/api/v1/bookings", order(&flight, &["30A"])).await.is(201);
        customer.get_at(placed.header("location"), placed.position()).await.is(200);
        let email = format!("{}@example.com", Uuid::now_v7());
        let colleague = json!({
            "email": email, "password": "a long enough one", "full_name": "Eve", "roles": [{"role": "provider"}],
        });
        let colleague = dev.owner().post("/api/v1/users", colleague).await.is(201);
        let key = json!({"name": "a kiosk", "scopes": ["users:read"]});
        let key = dev.owner().post("/api/v1/api-keys", key).await.is(201);
        let someone = |role| dev.someone(role, Uuid::now_v7().into());
        let callers = KINDS.map(|kind| {
            let caller = match kind {
                Kind::Anonymous => Caller::new(&dev.url(), ""),
                Kind::Stranger => dev.stranger(),
                Kind::Customer => customer.clone(),
                Kind::OtherCustomer => someone(Role::Customer),
                Kind::Provider => someone(Role::Provider),
                Kind::Manager => someone(Role::Manager),
                Kind::Owner => someone(Role::Owner),
                Kind::SuperAdmin => someone(Role::SuperAdmin),
                Kind::Service => someone(Role::Service),
                Kind::Program => Caller::new(&dev.url(), key.text("key")),
            };
            (kind, caller)
        });
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let ids = vec![
            ("{flight_id}", flight),
            ("{booking_id}", placed.text("booking_id").to_owned()),
            ("{item_id}", text(&placed.body["items"][0]["item_id"])),
            ("{passenger_id}", text(&placed.body["passengers"][0]["passenger_id"])),
            ("{reference}", placed.text("booking_reference").to_owned()),
            ("{user_id}", colleague.text("user_id").to_owned()),
            ("{api_key_id}", Uuid::now_v7().to_string()),
            ("{seat_number}", "30F".to_owned()),
            ("{file}", "swagger-ui.css".to_owned()),
            ("{customer's user_id}", user_id.to_string()),
        ];
        Self { url: dev.url(), callers: callers.into(), ids }
    }

    fn filled(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (braces, id)| text.replace(braces, id))
    }

    /// What became of one call.
    async fn asked(&self, caller: &Caller, operation: &Operation, row: &Row) -> u16 {
        let path = match operation.path.as_str() {
            "/api/v1/bookings/user/{user_id}" => "/api/v1/bookings/user/{customer's user_id}",
            path => path,
        };
        let rehearsal = if operation.rehearsable { "?dry_run=true" } else { "" };
        let path = format!("{}{rehearsal}", self.filled(path));
        let body = (!row.body.is_empty()).then(|| self.filled(row.body));
        caller.call(operation.method.clone(), &path, body, &[]).await.status.as_u16()
    }
}

/// What a kind of caller gets.
fn expected(row: &Row, kind: Kind) -> u16 {
    let of_ours = row.operation.contains("_id}") || row.operation.contains("{reference}");
    match (row.who, kind) {
        (Who::Anyone, _) => row.gets,
        (_, Kind::Anonymous) => 401,
        // Whoever there is may end a session; who has none ends none.
        (_, Kind::Service | Kind::Program) if row.operation.ends_with("/auth/logout") => row.gets,
        (_, Kind::Service) => 403,
        (_, Kind::Program) => program(row),
        (Who::OneSelf, _) => row.gets,
        (Who::Platform, Kind::SuperAdmin) => row.gets,
        (Who::Platform, _) => 403,
        // An id of another business is one that never was; a body about one, too.
        (_, Kind::Stranger) => stranger(row, of_ours),
        (Who::Everyone, _) => row.gets,
        (Who::Own, Kind::OtherCustomer) if row.operation.ends_with("/user/{user_id}") => 403,
        (Who::Own, Kind::OtherCustomer) if of_ours => 404,
        (Who::Own, _) => row.gets,
        (_, Kind::Customer | Kind::OtherCustomer) => 403,
        (Who::Staff, _) => row.gets,
        (_, Kind::Provider) => 403,
        (Who::Managers, _) => row.gets,
        (Who::Owners, Kind::Manager) => 403,
        (Who::Owners, Kind::Owner | Kind::SuperAdmin) => row.gets,
    }
}

fn program(row: &Row) -> u16 {
    match row.operation {
        "GET /api/v1/users" | "GET /api/v1/users/{user_id}" => row.gets,
        _ => 403,
    }
}

fn stranger(row: &Row, of_ours: bool) -> u16 {
    match row.operation {
        // Nothing but that account's bookings with the other business: there are none.
        "GET /api/v1/bookings/user/{user_id}" => 200,
        _ if row.body.contains("{flight_id}") && !of_ours => 409,
        // To itself, which is looked up first.
        "POST /api/v1/flights/{flight_id}/rebook" => 404,
        // A body that is no good is said before anything is looked up.
        _ if row.gets == 422 => 422,
        _ if of_ours => 404,
        _ => row.gets,
    }
}

#[tokio::test]
async fn each_operation_answers_each_kind_of_caller_as_the_table_says() {
    let scene = Scene::set().await;
    let anyone = Caller::new(&scene.url, "");
    let operations = operations(&anyone).await;
    let mut holes = vec![];
    for row in ROWS {
        let Some(operation) = operations.iter().find(|one| one.name() == row.operation) else { continue };
        for (kind, caller) in &scene.callers {
            let (got, wanted) = (scene.asked(caller, operation, row).await, expected(row, *kind));
            if got != wanted {
                holes.push(format!("{} as {kind:?}: {got}, not {wanted}", row.operation));
            }
        }
    }
    assert!(holes.is_empty(), "{holes:#?}");
}

#[tokio::test]
async fn each_operation_of_the_document_has_a_row_and_each_row_an_operation() {
    let anyone = Caller::new(&Stage::shared().dev.url(), "");
    let documented: BTreeSet<String> = operations(&anyone).await.iter().map(Operation::name).collect();
    let rows: BTreeSet<String> = ROWS.iter().map(|row| row.operation.to_owned()).collect();
    assert_eq!(rows.len(), ROWS.len(), "each once");
    assert_eq!(rows, documented);
}

/// Those who are nobody get the same from a body that is sound as from one that is not.
#[tokio::test]
async fn nobody_learns_from_a_complaint_what_they_may_not_send() {
    let scene = Scene::set().await;
    let anyone = Caller::new(&scene.url, "");
    let guarded = ROWS.iter().filter(|row| row.who != Who::Anyone && !row.body.is_empty());
    for row in guarded {
        let (method, path) = row.operation.split_once(' ').unwrap();
        let method: Method = method.parse().unwrap();
        let refused = anyone.call(method, &scene.filled(path), Some("not JSON".to_owned()), &[]).await;

        assert_eq!(refused.status, 401, "{}", row.operation);
    }
}
