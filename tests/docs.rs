//! Pages that list what the source has are compared with the source, both ways; links lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms whose codes callers see.
const ROOMS: [&str; 4] = ["domain", "http", "command-api", "projections"];

/// Texts in capitals that are no codes: methods, a header's value, and what the OpenAPI document says of tokens and
/// of itself.
const NO_CODES: [&str; 11] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER", "DENY", "JWT", "CARGO_PKG_VERSION"];

/// Codes that are put together from the name of a path's parameter or of a status, so they stand nowhere as a whole.
const PUT_TOGETHER: [&str; 2] = ["USER_NOT_FOUND", "BAD_REQUEST"];

/// What holds tests and their samples, not what callers meet.
const OF_TESTS: [&str; 6] = ["tests", "tests.rs", "scenarios", "scenarios.rs", "samples.rs", "forged.rs"];

const PAGES: [&str; 12] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/api.md",
    "docs/errors.md",
    "docs/events.md",
    "docs/operating.md",
    "docs/performance.md",
    "docs/seeds.md",
    "docs/settings.md",
    "migrations/README.md",
];

#[test]
fn the_page_of_errors_has_every_code_and_no_other() {
    let mut codes: BTreeSet<String> =
        ROOMS.iter().flat_map(|room| sources(room)).flat_map(|text| codes(&text)).collect();
    codes.retain(|code| !NO_CODES.contains(&code.as_str()));
    codes.extend(PUT_TOGETHER.map(ToOwned::to_owned));
    assert_eq!(listed("docs/errors.md", |name| name.bytes().all(is_of_code)), codes);
}

#[test]
fn the_page_of_events_has_every_event_and_no_other() {
    let is_event = |text: &str| text.contains("#[serde(tag = \"event_type\")]");
    let texts = sources("domain").into_iter().filter(|text| is_event(text));
    let names: BTreeSet<String> = texts.flat_map(|text| renamed(&text)).collect();
    assert_eq!(listed("docs/events.md", |name| names.contains(name) || is_event_name(name)), names);
}

/// The checks above can fail: what stands in one place only is seen.
#[test]
fn codes_and_names_are_found_where_they_stand() {
    let text = "Self::Gone => \"BOOKING_GONE\", // not \"Gone\", \"gone_away\" or \"A\"";
    assert_eq!(codes(text), ["BOOKING_GONE"]);
    assert_eq!(
        renamed("#[serde(rename = \"seat.claimed\")]\n#[serde(rename = \"plain\")]"),
        ["seat.claimed"]
    );
    let file = "// \"IN_A_COMMENT\"\n\"KEPT\"\n#[cfg(test)]\nmod tests {\n\"IN_A_TEST\"";
    assert_eq!(without_tests(file), "\"KEPT\"\n");
    assert_eq!(in_first_column("| `SEAT_TAKEN` | 409 |\nsee `NOT_LISTED`"), ["SEAT_TAKEN"]);
    assert_eq!(links("[a](docs/a.md#part), [b](https://example.org) and [c](#here)"), ["docs/a.md"]);
}

#[test]
fn links_between_pages_lead_somewhere() {
    for page in PAGES {
        let text = fs::read_to_string(root().join(page)).expect(page);
        let folder = root().join(page).parent().expect("a page stands in a folder").to_owned();
        for link in links(&text) {
            assert!(folder.join(&link).exists(), "{page} links to {link}");
        }
    }
}

/// Texts of a room's files without their tests.
fn sources(room: &str) -> Vec<String> {
    let mut texts = vec![];
    collect(&root().join(room).join("src"), &mut texts);
    assert!(!texts.is_empty(), "{room} has source");
    texts
}

fn collect(folder: &Path, texts: &mut Vec<String>) {
    let entries = fs::read_dir(folder).expect("a folder of the project can be read");
    for entry in entries.map(|entry| entry.expect("an entry can be read")) {
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        if OF_TESTS.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(&path, texts);
        } else {
            let text = fs::read_to_string(&path).expect("source is text");
            texts.push(without_tests(&text));
        }
    }
}

/// The code of a file, without its comments and its tests.
fn without_tests(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// Texts of two and more capitals and underscores between quotes.
fn codes(text: &str) -> Vec<String> {
    let between = text.split('"').filter(|part| 1 < part.len() && part.bytes().all(is_of_code));
    between.map(ToOwned::to_owned).collect()
}

const fn is_of_code(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte == b'_'
}

/// Names of events, as serde is told them.
fn renamed(text: &str) -> Vec<String> {
    let names = text.split("rename = \"").skip(1).filter_map(|rest| rest.split('"').next());
    names.filter(|name| is_event_name(name)).map(ToOwned::to_owned).collect()
}

fn is_event_name(name: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    name.split_once('.').is_some_and(|(aggregate, event)| is_word(aggregate) && is_word(event))
}

/// Names that head the rows of a page's tables and are of the kind asked for.
fn listed(page: &str, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(page)).expect("the page is part of the project");
    in_first_column(&text).into_iter().filter(|name| is_wanted(name)).collect()
}

fn in_first_column(text: &str) -> Vec<String> {
    let name = |line: &str| line.strip_prefix("| `")?.split('`').next().map(ToOwned::to_owned);
    text.lines().filter_map(name).collect()
}

/// Where links within the project lead, without the part after `#`.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let inside = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    inside.map(|target| target.split('#').next().unwrap_or_default().to_owned()).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
