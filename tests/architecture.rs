//! Arrows between rooms point one way, doors to the outside have one keeper, files stay short. Adding a row here
//! is an architectural decision.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::{Value, json};

/// Which of our own crates each crate uses.
const ROOMS: [(&str, &[&str]); 8] = [
    ("booking-domain", &[]),
    ("booking-journal", &["booking-domain"]),
    ("booking-http", &["booking-domain"]),
    ("booking-nats", &["booking-domain", "booking-journal"]),
    ("booking-command-api", &["booking-domain", "booking-http", "booking-journal"]),
    ("booking-projections", &["booking-domain", "booking-http", "booking-journal", "booking-nats"]),
    ("booking-reactors", &["booking-domain", "booking-http", "booking-journal", "booking-nats"]),
    (
        "booking",
        &[
            "booking-command-api",
            "booking-domain",
            "booking-http",
            "booking-journal",
            "booking-nats",
            "booking-projections",
            "booking-reactors",
        ],
    ),
];

/// Outside crates that only the rooms named use directly in what is shipped.
const DOORS: [(&str, &[&str]); 14] = [
    ("argon2", &["booking-command-api"]),
    ("async-nats", &["booking-nats"]),
    ("jsonwebtoken", &["booking-http"]),
    // The root measures ours beside it as it is shipped.
    ("postgres-es", &["booking-journal", "booking"]),
    (
        "sqlx",
        &[
            "booking-journal",
            "booking-http",
            "booking-command-api",
            "booking-projections",
            "booking-reactors",
            "booking",
        ],
    ),
    ("axum", &["booking-http", "booking-command-api", "booking-projections", "booking"]),
    ("aes-gcm", &["booking-journal"]),
    ("ed25519-dalek", &["booking-journal"]),
    ("hmac", &["booking-journal"]),
    ("clap", &["booking"]),
    ("ipnet", &["booking-http"]),
    // Requests are counted where they are framed; all else is shown by the root.
    ("prometheus-client", &["booking-http", "booking"]),
    ("tracing-subscriber", &["booking"]),
    ("utoipa-swagger-ui", &["booking"]),
];

/// All that the domain may use: it decides, and does nothing else. In tests, too.
const DOMAIN_USES: [&str; 10] = [
    "chrono",
    "chrono-tz",
    "cqrs-es",
    "foldhash",
    "iso_currency",
    "serde",
    "serde_json",
    "thiserror",
    // How values look in the OpenAPI document: derived beside serde, so that the two cannot part.
    "utoipa",
    "uuid",
];

/// Most lines of a file of ours.
const LINES_MAX: usize = 400;

/// Folders of ours in which there is text that people wrote.
const OURS: [&str; 13] = [
    "src",
    "tests",
    "domain",
    "journal",
    "nats",
    "http",
    "command-api",
    "projections",
    "reactors",
    "migrations",
    "scripts",
    "interop",
    "docs",
];

/// What one crate uses: in what is shipped, and in all.
#[derive(Debug, Default, PartialEq, Eq)]
struct Uses {
    shipped: BTreeSet<String>,
    all: BTreeSet<String>,
}

type Packages = BTreeMap<String, Uses>;

#[test]
fn rooms_and_doors_are_as_drawn() {
    assert_eq!(wrong_arrows(&packages(&metadata())), Vec::<String>::new());
}

#[test]
fn each_wrong_arrow_is_found() {
    let found = |package: &str, kind: Value, name: &str| {
        let mut metadata = metadata();
        let list = metadata["packages"].as_array_mut().unwrap();
        let package = list.iter_mut().find(|one| one["name"] == package).unwrap();
        let added = json!({"name": name, "kind": kind});
        package["dependencies"].as_array_mut().unwrap().push(added);
        wrong_arrows(&packages(&metadata))
    };
    let normal = Value::Null;
    assert_eq!(
        found("booking-http", normal.clone(), "booking-journal"),
        ["booking-http uses booking-journal"]
    );
    assert_eq!(found("booking-nats", normal.clone(), "booking-http"), ["booking-nats uses booking-http"]);
    assert_eq!(found("booking-nats", normal.clone(), "sqlx"), ["booking-nats uses sqlx"]);
    assert_eq!(found("booking-http", normal.clone(), "argon2"), ["booking-http uses argon2"]);
    assert_eq!(
        found("booking-projections", normal.clone(), "async-nats"),
        ["booking-projections uses async-nats"]
    );
    for outside in ["tokio", "sqlx", "axum", "rand"] {
        for kind in [normal.clone(), json!("dev"), json!("build")] {
            let wrong = found("booking-domain", kind, outside);
            assert!(wrong.contains(&format!("booking-domain uses {outside}")), "{wrong:?}");
        }
    }
}

#[test]
fn a_room_that_nobody_drew_and_one_that_has_gone_are_found() {
    let mut packages = packages(&metadata());
    packages.insert("booking-attic".to_owned(), Uses::default());
    packages.remove("booking-nats");

    let wrong = wrong_arrows(&packages);

    assert!(wrong.contains(&"booking-attic is in no plan".to_owned()), "{wrong:?}");
    assert!(wrong.contains(&"booking-nats is gone".to_owned()), "{wrong:?}");
}

#[test]
fn a_drawn_arrow_that_nobody_uses_is_found() {
    let mut packages = packages(&metadata());
    packages.get_mut("booking-nats").unwrap().shipped.remove("booking-journal");
    assert_eq!(wrong_arrows(&packages), ["booking-nats does not use booking-journal"]);
}

#[test]
fn no_file_is_too_long() {
    let long = files().filter(|(_, text)| LINES_MAX < text.lines().count()).map(|(path, _)| path);
    assert_eq!(long.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn nothing_is_left_to_be_done() {
    let marks = ["TODO", "FIXME", "XXX:", "HACK"].map(|mark| mark.to_owned());
    // This file names them.
    let others = files().filter(|(path, _)| path != file!());
    let marked =
        others.filter(|(_, text)| marks.iter().any(|mark| text.contains(mark))).map(|(path, _)| path);
    assert_eq!(marked.collect::<Vec<_>>(), Vec::<String>::new());
}

/// Whoever asks axum for a route gets round the OpenAPI document.
const BESIDES_THE_DOCUMENT: [&str; 7] = [
    "axum::routing",
    ".route(\"",
    ".nest(",
    ".nest_service(",
    ".route_service(",
    ".fallback(",
    ".fallback_service(",
];

/// Where routes are made of operations, and the engine of others that ours is measured beside.
const MAKES_ROUTES: [&str; 2] = ["http/src/contract/routes.rs", "src/bench/stock/mod.rs"];

#[test]
fn a_route_that_the_document_lacks_cannot_be_served() {
    assert_eq!(files().filter(|(path, text)| goes_round(path, text)).count(), 0);
    for text in
        ["use axum::routing::get;", "Router::new().route(\"/secret\", get(secret))", "x.fallback(all)"]
    {
        assert!(goes_round("command-api/src/lib.rs", text), "{text}");
        assert!(!goes_round("command-api/src/lib.rs", &format!("#[cfg(test)]\nmod tests {{\n{text}")));
        assert!(!goes_round("http/src/body/tests.rs", text));
    }
}

fn goes_round(path: &str, text: &str) -> bool {
    let is_shipped = path.contains("src/") && !path.ends_with("tests.rs") && !MAKES_ROUTES.contains(&path);
    let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    is_shipped && BESIDES_THE_DOCUMENT.iter().any(|call| shipped.contains(call))
}

#[test]
fn the_files_that_are_looked_at_are_those_that_there_are() {
    let paths: BTreeSet<String> = files().map(|(path, _)| path).collect();
    for known in ["src/main.rs", "domain/src/lib.rs", "journal/src/writer/append.rs", file!()] {
        assert!(paths.contains(known), "{known}");
    }
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(OURS.iter().all(|folder| sources.join(folder).is_dir()));
    assert!(paths.iter().all(|path| sources.join(path).is_file()));
}

/// What is not as drawn, one line each.
fn wrong_arrows(packages: &Packages) -> Vec<String> {
    let mut wrong = vec![];
    for (room, drawn) in ROOMS {
        let Some(uses) = packages.get(room) else {
            wrong.push(format!("{room} is gone"));
            continue;
        };
        let drawn: BTreeSet<String> = drawn.iter().map(ToString::to_string).collect();
        let ours = |names: &BTreeSet<String>| {
            names.iter().filter(|name| is_ours(name)).cloned().collect::<BTreeSet<_>>()
        };
        wrong.extend(ours(&uses.all).difference(&drawn).map(|other| format!("{room} uses {other}")));
        wrong.extend(
            drawn.difference(&ours(&uses.shipped)).map(|other| format!("{room} does not use {other}")),
        );
    }
    for (name, uses) in packages {
        if !ROOMS.iter().any(|(room, _)| room == name) {
            wrong.push(format!("{name} is in no plan"));
        }
        let shut = DOORS
            .iter()
            .filter(|(door, keepers)| uses.shipped.contains(*door) && !keepers.contains(&name.as_str()));
        wrong.extend(shut.map(|(door, _)| format!("{name} uses {door}")));
    }
    let domain = packages.get("booking-domain").into_iter().flat_map(|uses| &uses.all);
    let besides = domain.filter(|name| !is_ours(name) && !DOMAIN_USES.contains(&name.as_str()));
    wrong.extend(besides.map(|name| format!("booking-domain uses {name}")));
    wrong.sort();
    wrong.dedup();
    wrong
}

fn is_ours(name: &str) -> bool {
    name == "booking" || name.starts_with("booking-")
}

/// Direct uses alone: what those use in turn is their affair.
fn packages(metadata: &Value) -> Packages {
    let list = metadata["packages"].as_array().expect("a list of packages").iter();
    list.map(|package| (text(&package["name"]), uses(package))).collect()
}

fn uses(package: &Value) -> Uses {
    let mut uses = Uses::default();
    for dependency in package["dependencies"].as_array().expect("a list of dependencies") {
        let name = text(&dependency["name"]);
        if dependency["kind"] != "dev" {
            uses.shipped.insert(name.clone());
        }
        uses.all.insert(name);
    }
    uses
}

fn text(value: &Value) -> String {
    value.as_str().expect("a name").to_owned()
}

fn metadata() -> Value {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path", manifest])
        .output()
        .expect("cargo metadata runs");
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

/// Path and text of each file that people wrote and read.
fn files() -> impl Iterator<Item = (String, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<PathBuf> = OURS.iter().flat_map(|folder| below(&root.join(folder))).collect();
    paths.sort();
    paths.into_iter().map(move |path| {
        let text = fs::read_to_string(&path).expect("a text that can be read");
        (
            path.strip_prefix(&root)
                .expect("a path below the root")
                .to_str()
                .expect("a plain name")
                .to_owned(),
            text,
        )
    })
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let written =
            ["rs", "sql", "toml", "sh"].iter().any(|end| path.extension().is_some_and(|is| is == *end));
        if path.is_dir() {
            found.extend(below(&path));
        } else if written {
            found.push(path);
        }
    }
    found
}
