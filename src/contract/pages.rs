//! `/openapi.json`, and the page that shows it (Swagger UI out of the binary: a browser asks nobody else).

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::Path;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use booking_http::contract::{Operation, Routes};
use booking_http::{NoFilters, Problem, Query};
use utoipa_swagger_ui::{Config, serve};

use super::text;

/// Whether the docs page is served. The document always is: it says nothing that the repository does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Docs {
    Shown,
    Hidden,
}

const DOCUMENT: &str = "/openapi.json";

const DOCS: &str = "/api/docs";

/// Files of Swagger UI that the page loads.
const ASSETS: [&str; 4] =
    ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "swagger-initializer.js"];

const PAGE: &str = include_str!("page.html");

/// The page may run and load what comes from here, and ask here. Swagger UI styles its elements one by one.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; frame-ancestors 'none'",
);

/// What both faces show of the contract.
pub fn routes(docs: Docs) -> Routes {
    let document = Operation::get(DOCUMENT, "This document").answering::<serde_json::Value>(StatusCode::OK);
    let routes = Routes::new().on(document.failing(&[400]), openapi);
    match docs {
        Docs::Shown => routes.and(page_routes()),
        Docs::Hidden => routes,
    }
}

fn page_routes() -> Routes {
    let moved = StatusCode::TEMPORARY_REDIRECT;
    let page = Operation::get(DOCS, "This document as a page").answering_text(StatusCode::OK, &["text/html"]);
    let asset = Operation::get("/api/docs/{file}", "What the page loads").failing(&[404]);
    let root = Operation::get("/api/", "Leads to the page").answering_nothing(moved);
    Routes::new()
        .on(page, async || ([(CONTENT_SECURITY_POLICY, PAGE_POLICY)], Html(PAGE)))
        .on(asset.answering_text(StatusCode::OK, &["text/javascript", "text/css"]), self::asset)
        .on(root, async || Redirect::temporary(DOCS))
}

async fn openapi(Query(NoFilters {}): Query<NoFilters>) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], text()).into_response()
}

async fn asset(Path(file): Path<String>) -> Result<Response, Problem> {
    let absent = || Problem::of_status(StatusCode::NOT_FOUND);
    if !ASSETS.contains(&file.as_str()) {
        return Err(absent());
    }
    let config = Arc::new(Config::new([DOCUMENT]));
    let found = serve(&file, config).map_err(|_| Problem::internal())?.ok_or_else(absent)?;
    let kind = HeaderValue::try_from(found.content_type).map_err(|_| Problem::internal())?;
    Ok(([(CONTENT_TYPE, kind)], Cow::into_owned(found.bytes)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_can_be_switched_off() {
        let paths = |docs| routes(docs).operations().iter().map(Operation::path).collect::<Vec<_>>();
        assert_eq!(paths(Docs::Hidden), [DOCUMENT]);
        assert!(paths(Docs::Shown).contains(&DOCS));
    }

    #[tokio::test]
    async fn the_page_loads_what_there_is_and_nothing_else_is_served() {
        for file in ASSETS {
            assert!(PAGE.contains(&format!("\"{DOCS}/{file}\"")), "{file}");
            assert!(asset(Path(file.to_owned())).await.is_ok(), "{file}");
        }
        assert!(!PAGE.contains("//"), "the page asks nobody else");
        for file in ["index.html", "../Cargo.toml", "swagger-ui.js.map"] {
            assert!(asset(Path(file.to_owned())).await.is_err(), "{file}");
        }
    }
}
