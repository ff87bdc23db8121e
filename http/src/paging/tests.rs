use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::routing::get as on_get;

use super::*;
use crate::asking::{Heard, ask, get};

const NEWEST_FIRST: Sort = Sort { field: "created_at", descending: true };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filters {
    status: Option<String>,
}

async fn list(ListQuery { paging, filters }: ListQuery<Filters>) -> Result<Json<Listing<String>>, Problem> {
    let sort = paging.sorted(&["created_at", "start_time"], NEWEST_FIRST)?;
    let row = format!("{:?} from {} by {} {}", filters.status, paging.offset(), sort.field, sort.descending);
    Ok(Json(Listing::new(vec![row], &paging, 41, paging.cursor.clone())))
}

async fn heard(query: &str) -> Heard {
    let router = Router::new()
        .route("/bookings", on_get(list))
        .route("/plain", on_get(|_: ListQuery<NoFilters>| async { "fine" }));
    ask(router, get(query).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_list_is_answered_with_its_place_among_all() {
    assert_eq!(
        heard("/bookings?page=3&limit=10&sort=start_time&status=held").await.body,
        json!({
            "data": ["Some(\"held\") from 20 by start_time false"],
            "pagination": {"page": 3, "limit": 10, "total": 41, "pages": 5, "next_cursor": null},
        })
    );
    assert_eq!(
        heard("/bookings?cursor=abc").await.body,
        json!({
            "data": ["None from 0 by created_at true"],
            "pagination": {"page": 1, "limit": 20, "total": 41, "pages": 3, "next_cursor": "abc"},
        })
    );
}

#[tokio::test]
async fn what_is_out_of_bounds_is_400_and_named() {
    let long = format!("cursor={}", "x".repeat(513));
    for (query, pointer) in [
        ("page=0", "/page"),
        ("page=10001", "/page"),
        ("page=-1", "/page"),
        ("page=one", "/page"),
        ("page=1&page=2", "/page"),
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("limit=99999999999", "/limit"),
        ("cursor=", "/cursor"),
        ("cursor=abc&page=2", "/cursor"),
        (long.as_str(), "/cursor"),
        ("sort=price", "/sort"),
        ("sort=--created_at", "/sort"),
        ("sort=", "/sort"),
    ] {
        let heard = heard(&format!("/bookings?{query}")).await;

        assert_eq!((heard.status.as_u16(), &heard.body["code"]), (400, &json!("INVALID_QUERY")), "{query}");
        assert_eq!(heard.body["errors"][0]["pointer"], pointer, "{query}");
    }
}

#[tokio::test]
async fn an_unknown_filter_or_sort_lists_what_is_allowed() {
    let filter = heard("/bookings?colour=red").await.body;
    let sort = heard("/bookings?sort=price").await.body;
    let plain = heard("/plain?colour=red").await.body;

    assert_eq!(filter["details"], json!({"allowed": ["status", "page", "limit", "cursor", "sort"]}));
    assert_eq!(
        filter["detail"],
        "there is no parameter colour here; allowed: status, page, limit, cursor, sort"
    );
    assert_eq!(sort["details"], json!({"allowed": ["created_at", "start_time"]}));
    assert_eq!(plain["details"], json!({"allowed": ["page", "limit", "cursor", "sort"]}));
}

#[tokio::test]
async fn the_bounds_themselves_are_allowed() {
    for query in ["page=1&limit=1", "page=10000&limit=100"] {
        assert_eq!(heard(&format!("/bookings?{query}")).await.status, 200, "{query}");
    }
}
