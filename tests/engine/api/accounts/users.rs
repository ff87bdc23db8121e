//! The users of a business: made by its owner, given roles, deactivated.

use booking_http::Role;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::people::{PASSWORD, address, guest, log_in, refresh, registered, who};
use crate::api::bad_input::assert_problem;
use crate::api::stage::{Stage, flight};
use crate::support::process::{Answer, Caller};
use crate::support::said::Said;

async fn set_roles(by: &Caller, user: &Value, roles: Value) -> Answer {
    let path = format!("/api/v1/users/{}/roles", user["user_id"].as_str().unwrap());
    by.call(Method::PUT, &path, Some(json!({"roles": roles}).to_string()), &[]).await
}

async fn patch(by: &Caller, path: &str, body: Value) -> Answer {
    by.call(Method::PATCH, path, Some(body.to_string()), &[]).await
}

fn path_of(user: &Value) -> String {
    format!("/api/v1/users/{}", user["user_id"].as_str().unwrap())
}

fn colleague(email: &str, role: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "full_name": "Grace Hopper", "roles": [{"role": role}]})
}

#[tokio::test]
async fn a_role_that_is_granted_works_without_a_new_log_in_and_one_that_is_taken_no_longer() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;
    let (ada, user, owner) = (who(stage, &session), session.body["user"].clone(), stage.dev.owner());
    let schedule = async || ada.post("/api/v1/flights", flight(chrono::TimeDelta::days(10))).await;
    assert_problem("as a customer", &schedule().await, 403, "FORBIDDEN");

    let both = json!([{"role": "customer"}, {"role": "owner"}]);
    let granted = set_roles(&owner, &user, both).await.is(200);

    assert_eq!(granted.body["roles"][1], json!({"role": "owner", "location_ids": []}));
    assert_eq!((granted.header("etag"), &granted.body["version"]), ("\"2\"", &json!(2)));
    schedule().await.is(201);
    ada.get("/api/v1/users").await.is(200);
    set_roles(&owner, &user, json!([{"role": "customer"}])).await.is(200);
    assert_problem("a customer again", &schedule().await, 403, "FORBIDDEN");
    assert_problem("in the other face, too", &ada.get("/api/v1/users").await, 403, "FORBIDDEN");
}

#[tokio::test]
async fn an_owner_makes_a_colleague_who_logs_in() {
    let stage = Stage::shared();
    let (email, owner, location) = (address(), stage.dev.owner(), Uuid::now_v7());
    let mut body = colleague(&email, "manager");
    body["roles"][0]["location_ids"] = json!([location]);

    let made = owner.post_with_key("/api/v1/users", &body, &email).await.is(201);
    let again = owner.post_with_key("/api/v1/users", &body, &email).await.is(201);

    assert_eq!(
        (again.body, again.headers["idempotent-replayed"].clone()),
        (made.body.clone(), "true".parse().unwrap())
    );
    assert_eq!(made.body["roles"], json!([{"role": "manager", "location_ids": [location]}]));
    let read = owner.get_at(made.header("location"), made.position()).await.is(200);
    assert_eq!((&read.body, read.header("etag")), (&made.body, made.header("etag")));
    let session = log_in(stage, &email, PASSWORD).await.is(200);
    assert_eq!(session.body["user"], made.body);
    let me = who(stage, &session).get("/api/v1/users/me").await.is(200);
    assert_eq!(me.body, made.body);
    let taken = owner.post("/api/v1/users", body.clone()).await;
    assert_problem("another with the address", &taken, 409, "EMAIL_TAKEN");
    body["full_name"] = json!("Another");
    let reused = owner.post_with_key("/api/v1/users", &body, &email).await;
    assert!([409, 422].contains(&reused.status.as_u16()), "{}", reused.body);
}

#[tokio::test]
async fn everyone_changes_their_own_particulars_and_owners_anybodys() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;
    let (ada, path) = (who(stage, &session), path_of(&session.body["user"]));

    let changed = patch(&ada, &path, json!({"full_name": "Ada King"})).await.is(200);
    let by_owner = patch(&stage.dev.owner(), &path, json!({"phone_number": "+1 234 567"})).await.is(200);

    assert_eq!((&changed.body["full_name"], &changed.body["version"]), (&json!("Ada King"), &json!(2)));
    assert_eq!(
        (&by_owner.body["full_name"], &by_owner.body["phone_number"]),
        (&json!("Ada King"), &json!("+1 234 567"))
    );
    assert_eq!(ada.get("/api/v1/users/me").await.is(200).body, by_owner.body);
    let nothing = patch(&ada, &path, json!({})).await.is(200);
    assert_eq!(nothing.body["version"], 3, "nothing was named, nothing has changed");
    let other = registered(stage, &address()).await;
    let theirs = path_of(&other.body["user"]);
    assert_problem("another's", &patch(&ada, &theirs, json!({"full_name": "X"})).await, 403, "FORBIDDEN");
    assert_problem("another's", &ada.get(&theirs).await, 403, "FORBIDDEN");
    assert_problem("wrong", &patch(&ada, &path, json!({"full_name": ""})).await, 422, "VALIDATION_FAILED");
    assert_problem("a role", &patch(&ada, &path, json!({"roles": []})).await, 422, "VALIDATION_FAILED");
}

#[tokio::test]
async fn who_is_deactivated_is_nobody_any_more() {
    let stage = Stage::shared();
    let email = address();
    let session = registered(stage, &email).await;
    let (ada, path) = (who(stage, &session), path_of(&session.body["user"]));
    ada.get("/api/v1/bookings").await.is(200);

    let ended = stage.dev.owner().delete(&path).await.is(200);
    let again = stage.dev.owner().delete(&path).await.is(200);

    assert_eq!((&ended.body["status"], &ended.body["roles"]), (&json!("deactivated"), &json!([])));
    assert_eq!(again.body, ended.body);
    assert_problem("a token of before", &ada.get("/api/v1/bookings").await, 401, "UNAUTHORIZED");
    let refused = refresh(stage, session.text("refresh_token")).await;
    assert_problem("its session", &refused, 401, "UNAUTHORIZED");
    assert_problem("a log-in", &log_in(stage, &email, PASSWORD).await, 403, "USER_DEACTIVATED");
    assert_problem("a wrong one", &log_in(stage, &email, "wrong").await, 401, "INVALID_CREDENTIALS");
    let role = set_roles(&stage.dev.owner(), &session.body["user"], json!([{"role": "owner"}])).await;
    assert_problem("a role", &role, 409, "USER_DEACTIVATED");
    let elsewhere = json!({"email": email, "password": PASSWORD, "subdomain": "steppe"});
    guest(stage).post("/api/v1/auth/login", elsewhere).await.is(200);
}

#[tokio::test]
async fn nobody_gives_or_takes_more_than_they_have() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;
    let (user, owner) = (&session.body["user"], stage.dev.owner());
    let root = stage.dev.someone(Role::SuperAdmin, Uuid::now_v7().into());
    let mighty = json!([{"role": "super_admin"}]);

    assert_problem("given", &set_roles(&owner, user, mighty.clone()).await, 403, "FORBIDDEN");
    assert_problem(
        "made",
        &owner.post("/api/v1/users", colleague(&address(), "super_admin")).await,
        403,
        "FORBIDDEN",
    );
    assert_problem(
        "no role of people",
        &set_roles(&root, user, json!([{"role": "service"}])).await,
        403,
        "FORBIDDEN",
    );
    set_roles(&root, user, mighty).await.is(200);
    assert_problem("taken", &set_roles(&owner, user, json!([{"role": "customer"}])).await, 403, "FORBIDDEN");
    assert_problem("ended", &owner.delete(&path_of(user)).await, 403, "FORBIDDEN");

    let me = who(stage, &session);
    let own = set_roles(&me, user, json!([{"role": "customer"}])).await;
    assert_problem("one's own", &own, 409, "OWN_ROLES");
    assert_problem("oneself", &me.delete(&path_of(user)).await, 409, "OWN_ROLES");
}

#[tokio::test]
async fn another_businesss_users_are_not_there() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;
    let (path, stranger) = (path_of(&session.body["user"]), stage.dev.stranger());
    for answer in [
        stranger.get(&path).await,
        stranger.delete(&path).await,
        patch(&stranger, &path, json!({"full_name": "X"})).await,
        set_roles(&stranger, &session.body["user"], json!([{"role": "owner"}])).await,
        stage.dev.owner().get("/api/v1/users/12").await,
        stage.dev.owner().get(&format!("/api/v1/users/{}", Uuid::now_v7())).await,
    ] {
        assert_problem("theirs", &answer, 404, "USER_NOT_FOUND");
    }
    who(stage, &session).get("/api/v1/users/me").await.is(200);
}

#[tokio::test]
async fn only_owners_see_and_manage_users() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;
    let path = path_of(&session.body["user"]);
    for role in [Role::Customer, Role::Provider, Role::Manager, Role::Service] {
        let someone = stage.dev.someone(role, Uuid::now_v7().into());
        for answer in [
            someone.get("/api/v1/users").await,
            someone.get(&path).await,
            someone.post("/api/v1/users", colleague(&address(), "customer")).await,
            someone.delete(&path).await,
            patch(&someone, &path, json!({"full_name": "X"})).await,
            set_roles(&someone, &session.body["user"], json!([{"role": "owner"}])).await,
        ] {
            assert_problem(&format!("{role:?}"), &answer, 403, "FORBIDDEN");
        }
    }
}

#[tokio::test]
async fn users_are_listed_the_newest_first_page_by_page() {
    let stage = Stage::shared();
    let owner = stage.dev.owner();
    let mut made = vec![];
    for _ in 0..3 {
        made.push(registered(stage, &address()).await.body["user"]["user_id"].clone());
    }
    let ids = |answer: &Answer| -> Vec<Value> {
        answer.body["data"].as_array().unwrap().iter().map(|user| user["user_id"].clone()).collect()
    };

    let (mut listed, mut path) = (vec![], "/api/v1/users?limit=2".to_owned());
    while !made.iter().all(|id| listed.contains(id)) {
        let page = owner.get(&path).await.is(200);
        listed.extend(ids(&page));
        let Some(cursor) = page.body["pagination"]["next_cursor"].as_str() else { break };
        path = format!("/api/v1/users?limit=2&cursor={cursor}");
    }

    let places: Vec<_> = made.iter().map(|id| listed.iter().position(|one| one == id).unwrap()).collect();
    assert!(places.is_sorted_by(|one, next| one > next), "{places:?}");
    let second = owner.get("/api/v1/users?limit=1&page=2").await.is(200);
    assert_eq!(ids(&second).len(), 1);
    for (query, code) in
        [("sort=email", "INVALID_QUERY"), ("sort=created_at", "INVALID_QUERY"), ("q=x", "INVALID_QUERY")]
    {
        assert_problem(query, &owner.get(&format!("/api/v1/users?{query}")).await, 400, code);
    }
}

#[tokio::test]
async fn somebody_whom_the_secrets_holder_made_up_is_what_the_token_says() {
    let stage = Stage::shared();
    let user = Uuid::now_v7();
    let someone = stage.dev.someone(Role::Manager, user.into());
    let me = someone.get("/api/v1/users/me").await.is(200);
    assert_eq!(me.body["roles"], json!([{"role": "manager", "location_ids": []}]));
    assert_eq!((&me.body["user_id"], &me.body["full_name"]), (&json!(user), &Value::Null));
}

#[tokio::test]
async fn the_command_line_makes_the_first_who_may_everything() {
    let stage = Stage::shared();
    let email = address();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_booking"));
        command.args(["user", "create", "--data-dir"]).arg(stage.dev.folder.path()).args(arguments);
        command.env_remove("DATABASE_URL").env_remove("JWT_SECRET").env_remove("MASTER_KEY");
        Said::from(command.output().unwrap())
    };
    let made = run(&["--role", "super_admin", "--email", &email, "--json"]).succeeded().json();

    let session = log_in(stage, &email, made["password"].as_str().unwrap()).await.is(200);

    assert_eq!(session.body["user"]["roles"], json!([{"role": "super_admin", "location_ids": []}]));
    assert_eq!(session.body["user"]["user_id"], made["user_id"]);
    who(stage, &session).get("/api/v1/users").await.is(200);
    let again = run(&["--role", "owner", "--email", &email]).ended_with(1);
    assert!(again.stderr.contains("EMAIL_TAKEN"), "{again:?}");
    for wrong in [
        ["--role", "owner", "--email", "nobody"],
        ["--role", "service", "--email", "a@example.com"],
        ["--role", "king", "--email", "a@example.com"],
    ] {
        run(&wrong).ended_with(2);
    }
    run(&["--role", "owner", "--email", &address(), "--tenant", "nowhere"]).ended_with(2);
}
