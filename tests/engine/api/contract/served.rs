use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use uuid::Uuid;

use super::operations;
use crate::api::stage::{Stage, bare};
use crate::support::process::Caller;

/// No path of ours has it, so each says what it does have.
const UNUSED: Method = Method::TRACE;

/// A path with something in its braces.
fn filled(path: &str) -> String {
    let step = |step: &str| match step {
        "{file}" => "swagger-ui.css".to_owned(),
        step if step.starts_with('{') => Uuid::now_v7().to_string(),
        step => step.to_owned(),
    };
    path.split('/').map(step).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_documented_path_serves_the_documented_methods_and_no_others() {
    let dev = &Stage::shared().dev;
    let anyone = Caller::new(&dev.url(), "");
    let mut documented: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in operations(&anyone).await {
        documented.entry(operation.path).or_default().insert(operation.method.to_string());
    }
    assert!(50 < documented.len(), "{documented:?}");
    for (path, methods) in documented {
        let refused = bare(&anyone, UNUSED, &filled(&path)).await;
        assert_eq!(refused.status, 405, "{path} is documented, and not served");
        let served: BTreeSet<String> = refused.header("allow").split(',').map(ToOwned::to_owned).collect();
        // axum answers HEAD wherever it answers GET.
        let served: BTreeSet<String> = served.into_iter().filter(|method| method != "HEAD").collect();
        assert_eq!(served, methods, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_documented_is_not_there() {
    let anyone = Caller::new(&Stage::shared().dev.url(), "");
    for path in ["/api/v1", "/api/v1/book", "/api/v1/admin", "/swagger", "/api/docs/index.html"] {
        let refused = anyone.get(path).await.is(404);
        assert_eq!(refused.text("code"), "ROUTE_NOT_FOUND", "{path}");
    }
}

#[tokio::test]
async fn the_page_shows_the_document_out_of_the_binary() {
    let dev = &Stage::shared().dev;
    let page = reqwest::get(format!("{}/api/", dev.url())).await.unwrap();
    assert_eq!(page.url().path(), "/api/docs");
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
    assert!(page.text().await.unwrap().contains("/api/docs/swagger-initializer.js"));
    for (file, kind) in [("swagger-ui.css", "text/css"), ("swagger-ui-bundle.js", "text/javascript")] {
        let file = reqwest::get(format!("{}/api/docs/{file}", dev.url())).await.unwrap();
        assert_eq!(file.headers()["content-type"], kind);
        assert!(10_000 < file.bytes().await.unwrap().len());
    }
    let start = reqwest::get(format!("{}/api/docs/swagger-initializer.js", dev.url())).await.unwrap();
    assert!(start.text().await.unwrap().contains("/openapi.json"));
}
