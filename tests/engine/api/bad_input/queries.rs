//! Query strings and headers of reads that make no sense.

use reqwest::Method;
use serde_json::json;

use super::{Scene, assert_problem};

#[tokio::test]
async fn a_page_out_of_bounds_is_refused() {
    let scene = Scene::set().await;
    for (query, pointer) in [
        ("page=0", "/page"),
        ("page=-1", "/page"),
        ("page=10001", "/page"),
        ("page=99999999999999999999", "/page"),
        ("page=first", "/page"),
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("limit=ten", "/limit"),
        ("page=1&page=2", "/page"),
        ("cursor=", "/cursor"),
        ("cursor=garbage", "/cursor"),
        ("cursor=AAAA&page=2", "/cursor"),
    ] {
        for list in ["bookings", "bookings/upcoming", "bookings/past", "flights"] {
            let answer = scene.customer.get(&format!("/api/v1/{list}?{query}")).await;
            assert_problem(&format!("{list}?{query}"), &answer, 400, "INVALID_QUERY");
            assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{list}?{query}");
        }
    }
}

#[tokio::test]
async fn an_unknown_filter_or_order_is_refused_with_those_that_there_are() {
    let scene = Scene::set().await;
    let bookings = [
        "status",
        "from",
        "to",
        "user",
        "customer",
        "flight",
        "reference",
        "archived",
        "as_of",
        "at_position",
    ]
    .as_slice();
    let flights = ["origin", "destination", "date", "status", "flight_number", "from", "to"].as_slice();
    let paging = ["page", "limit", "cursor", "sort"];
    let statuses = [
        "held",
        "created",
        "confirmed",
        "checked_in",
        "completed",
        "no_show",
        "cancelled",
        "declined",
        "expired",
    ];
    let filters = |own: &[&'static str]| own.iter().copied().chain(paging).collect::<Vec<_>>();
    for (query, allowed) in [
        ("bookings?colour=red", filters(bookings)),
        ("bookings/upcoming?colour=red", filters(bookings)),
        ("flights?colour=red", filters(flights)),
        ("bookings?sort=colour", vec!["created_at", "start_time"]),
        ("bookings?sort=-", vec!["created_at", "start_time"]),
        ("flights?sort=-price", vec!["departure"]),
        ("bookings?status=lost", statuses.to_vec()),
        ("flights?status=late", vec!["scheduled", "cancelled", "departed"]),
    ] {
        let answer = scene.customer.get(&format!("/api/v1/{query}")).await;
        assert_problem(query, &answer, 400, "INVALID_QUERY");
        assert_eq!(answer.body["details"], json!({"allowed": allowed}), "{query}");
    }
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_refused() {
    let scene = Scene::set().await;
    for query in [
        "bookings?from=yesterday",
        "bookings?to=2026-02-30",
        "bookings?user=me",
        "bookings?flight=AA100",
        "bookings?status=",
        "bookings?status=created,,expired",
        "flights?date=20261120",
        "flights?date=2026-11-20T00:00:00Z",
        "flights?date=-9999-01-01",
        "flights?date=%2B262142-01-01",
        "flights?from=-4800-01-01",
        "flights?cursor=departure.-9223372036854775808_00000000000000000000000000000000",
        "bookings?from=-262143-01-01",
        "bookings?to=%2B262142-12-31",
        "bookings?to=0000-01-01T00:00:00Z",
        "bookings?cursor=-created_at.-9223372036854775808_00000000000000000000000000000000",
    ] {
        let answer = scene.customer.get(&format!("/api/v1/{query}")).await;
        assert_problem(query, &answer, 400, "INVALID_QUERY");
    }
}

#[tokio::test]
async fn texts_of_callers_are_never_part_of_a_statement() {
    let scene = Scene::set().await;
    for query in ["bookings?reference=%27%20or%20true--", "flights?origin=%27%3B%20drop%20table%20x%3B--"] {
        let answer = scene.customer.get(&format!("/api/v1/{query}")).await.is(200);
        assert_eq!(answer.body["pagination"]["total"], 0, "{query}");
    }
    for reference in ["%27%20or%20true--", "%FF", "BK-%C3"] {
        let answer = scene.customer.get(&format!("/api/v1/bookings/by-reference/{reference}")).await;
        assert_problem(reference, &answer, 404, "BOOKING_NOT_FOUND");
    }
}

#[tokio::test]
async fn a_nul_is_in_no_text() {
    let scene = Scene::set().await;
    for query in ["bookings?reference=%00", "bookings?reference=BK%00", "flights?origin=J%00K"] {
        let answer = scene.customer.get(&format!("/api/v1/{query}")).await;
        assert_problem(query, &answer, 400, "INVALID_QUERY");
    }
    let reference = scene.booking.text("booking_reference");
    for path in ["%00".to_owned(), format!("{reference}%00")] {
        let answer = scene.customer.get(&format!("/api/v1/bookings/by-reference/{path}")).await;
        assert_problem(&path, &answer, 404, "BOOKING_NOT_FOUND");
    }
}

#[tokio::test]
async fn a_position_that_was_never_given_out_is_refused() {
    let scene = Scene::set().await;
    let head = scene.head;
    for position in [
        format!("1.{}", head + 1),
        format!("1.{}", i64::MAX),
        format!("2.{head}"),
        format!("0.{head}"),
        format!("1.{head}0000000000000000000"),
        head.to_string(),
        "1.".to_owned(),
        ".1".to_owned(),
        "1.-1".to_owned(),
        "1.+1".to_owned(),
        "latest".to_owned(),
        String::new(),
    ] {
        for path in ["bookings", "flights"] {
            let answer = scene.customer.get_at(&format!("/api/v1/{path}"), &position).await;
            assert_problem(&format!("{path} at {position:?}"), &answer, 400, "INVALID_POSITION");
        }
    }
    scene.customer.get_at("/api/v1/bookings", &format!("1.{head}")).await.is(200);
}

#[tokio::test]
async fn what_is_not_built_is_not_silently_left_out() {
    let scene = Scene::set().await;
    let body = Some(scene.good_order().to_string());
    for query in ["dry_run=perhaps", "dry_run", "dry_run=true&dry_run=true", "colour=red"] {
        let path = format!("/api/v1/bookings?{query}");
        let answer = scene.customer.call(Method::POST, &path, body.clone(), &[]).await;
        assert_problem(query, &answer, 400, "INVALID_QUERY");
    }
    let then = "/api/v1/flights?as_of=2026-01-01T00:00:00Z";
    assert_problem(then, &scene.customer.get(then).await, 400, "INVALID_QUERY");
    scene.assert_unchanged().await;
}
