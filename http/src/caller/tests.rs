use axum::Router;
use axum::body::Body;
use axum::routing::get as on_get;
use serde_json::json;

use super::*;
use crate::asking::{Heard, TRACE_ID, ask, get};
use crate::standing::tests::callers;
use crate::{Role, TOKEN_LIFE, Tokens};

fn tokens() -> Tokens {
    Tokens::new(&[7; 32]).unwrap()
}

fn caller(role: Role) -> Caller {
    Caller {
        user_id: Uuid::from_u128(1).into(),
        tenant: Uuid::from_u128(2).into(),
        roles: role.into(),
        location_ids: vec![],
        by: By::Secret,
    }
}

async fn heard(authorization: &[&str]) -> Heard {
    let whoami = |caller: Caller| async move { format!("\"{}\"", caller.user_id) };
    let router = Router::new().route("/whoami", on_get(whoami)).with_state(callers(None).0);
    let request =
        authorization.iter().fold(get("/whoami"), |request, value| request.header(AUTHORIZATION, *value));
    ask(router, request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_good_token_says_who_asks() {
    let token = tokens().mint(&caller(Role::Customer), TOKEN_LIFE, Utc::now());

    for scheme in ["Bearer", "bearer", "BEARER"] {
        let heard = heard(&[&format!("{scheme} {token}")]).await;
        assert_eq!((heard.status.as_u16(), heard.body), (200, json!(Uuid::from_u128(1))), "{scheme}");
    }
}

#[tokio::test]
async fn without_a_token_the_answer_is_401_and_says_how() {
    let heard = heard(&[]).await;

    assert_eq!((heard.status.as_u16(), heard.header("www-authenticate")), (401, "Bearer"));
    assert_eq!(
        heard.body,
        json!({
            "type": "urn:booking:problem:unauthorized",
            "title": "Unauthorized",
            "status": 401,
            "detail": "send one header: Authorization: Bearer <access token>",
            "instance": "/whoami",
            "code": "UNAUTHORIZED",
            "message": "send one header: Authorization: Bearer <access token>",
            "retryable": false,
            "trace_id": TRACE_ID,
        })
    );
}

#[tokio::test]
async fn anything_but_one_good_bearer_token_is_401() {
    let good = format!("Bearer {}", tokens().mint(&caller(Role::Owner), TOKEN_LIFE, Utc::now()));
    let old = tokens().mint(&caller(Role::Owner), TOKEN_LIFE, Utc::now() - chrono::TimeDelta::hours(1));
    let old = format!("Bearer {old}");
    let basic = good.replace("Bearer", "Basic");
    let sent: [&[&str]; 9] = [
        &["Bearer"],
        &["Bearer "],
        &["Bearer x"],
        &["Basic dXNlcjpwYXNz"],
        &[&basic],
        &["Bearer żółw"],
        &[&good["Bearer ".len()..]],
        &[&good, &good],
        &[&old],
    ];
    for headers in sent {
        let heard = heard(headers).await;
        assert_eq!(
            (heard.status.as_u16(), &heard.body["code"]),
            (401, &json!("UNAUTHORIZED")),
            "{headers:?}"
        );
        assert!(heard.header("www-authenticate").starts_with("Bearer"), "{headers:?}");
    }
    assert_eq!(heard(&[&old]).await.header("www-authenticate"), r#"Bearer error="invalid_token""#);
}

#[test]
fn staff_are_those_who_may_act_for_customers() {
    for (role, staff) in [
        (Role::SuperAdmin, true),
        (Role::Owner, true),
        (Role::Manager, true),
        (Role::Provider, true),
        (Role::Customer, false),
        (Role::Service, false),
    ] {
        let caller = caller(role);
        assert_eq!(caller.is_staff(), staff, "{role:?}");
    }
}
