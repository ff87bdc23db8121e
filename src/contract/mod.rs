//! The contract: the OpenAPI document of all that is served, made from the routes themselves, and the page that shows
//! it. `docs/openapi.json` is the same text, committed, so that a change of the contract is seen in a review.

mod pages;

use std::sync::LazyLock;

use booking_http::contract::{Operation, document};
use booking_http::{Requests, health};
use utoipa::openapi::OpenApi;

use crate::metrics::{self, Metrics, Watched};
pub use pages::{Docs, routes};

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let text = openapi().to_pretty_json().expect("the document can be written as JSON");
    format!("{text}\n")
});

/// The document as `/openapi.json` and `booking openapi` show it.
pub fn text() -> &'static str {
    &TEXT
}

/// The document.
pub fn openapi() -> OpenApi {
    document(operations())
}

fn operations() -> Vec<Operation> {
    let metrics = Metrics { requests: Requests::default(), parts: vec![], watched: Watched::default() };
    let of_all_roles = health::routes(vec![]).and(metrics::routes(metrics)).and(routes(Docs::Shown));
    let mut operations = of_all_roles.operations();
    operations.extend(booking_command_api::operations());
    operations.extend(booking_projections::operations());
    operations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_document_is_the_one_that_is_served() {
        let committed = include_str!("../../docs/openapi.json");
        assert!(committed == text(), "booking openapi > docs/openapi.json");
    }

    #[test]
    fn every_schema_that_is_pointed_at_is_there() {
        let document = serde_json::to_value(openapi()).unwrap();
        let mut pointed = vec![];
        references(&document, &mut pointed);
        assert!(100 < pointed.len());
        for pointer in pointed {
            let pointer = pointer.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }

    fn references(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(members) => {
                found.extend(members.get("$ref").and_then(|one| one.as_str()).map(ToOwned::to_owned));
                members.values().for_each(|member| references(member, found));
            }
            serde_json::Value::Array(elements) => {
                elements.iter().for_each(|element| references(element, found));
            }
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::String(_) => {}
        }
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let document = serde_json::to_value(openapi()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let operations = paths.values().flat_map(|path| path.as_object().unwrap().values());
        let mut names: Vec<&str> = operations.map(|one| one["operationId"].as_str().unwrap()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
