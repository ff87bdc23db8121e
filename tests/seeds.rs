//! Every feature that the source systems ask for stands once in docs/seeds.md: with tests that show it and
//! exist, or with the words "not yet".

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// How many features each source has.
const SOURCES: [(&str, u32); 5] = [("S0", 25), ("S1", 10), ("S2", 10), ("S3", 18), ("S4", 25)];

/// What stands in place of tests while there are none.
const NOT_YET: &str = "not yet";

/// Column of the tests: | id | asks for | tests | missing |
const TESTS_COLUMN: usize = 3;

#[test]
fn every_feature_stands_once_with_tests_that_exist() {
    let page = in_project("docs/seeds.md").expect("the page is part of the project");
    assert_eq!(complaints(&page, in_project), Vec::<String>::new());
}

/// The checker itself: each way to be wrong is seen, and nothing else is.
#[test]
fn each_fault_of_a_page_is_told() {
    let sound = whole_page();
    let without = sound.replacen("| S1-4 | asks | not yet | |\n", "", 1);
    let with =
        |tests: &str| sound.replacen("| S2-9 | asks | not yet |", &format!("| S2-9 | asks | {tests} |"), 1);
    let rows = [
        (sound.clone(), ""),
        (with("`src/a.rs::it_holds`"), ""),
        (with("`src/a.rs::it_holds`, `src/a.rs::it_holds_later`"), ""),
        (without, "S1-4 stands 0 times"),
        (format!("{sound}| S0-1 | again | not yet | |\n"), "S0-1 stands 2 times"),
        (format!("{sound}| S3-19 | made up | not yet | |\n"), "there is no S3-19"),
        (with(""), "S2-9 names no test"),
        (with("soon"), "S2-9 names no test"),
        (with("`src/a.rs`"), "S2-9: `src/a.rs` is no path::test"),
        (with("`src/b.rs::it_holds`"), "S2-9: there is no test it_holds in src/b.rs"),
        (with("`src/a.rs::it_breaks`"), "S2-9: there is no test it_breaks in src/a.rs"),
        (with("`src/a.rs::it_hold`"), "S2-9: there is no test it_hold in src/a.rs"),
        (with("`src/a.rs::helper`"), "S2-9: there is no test helper in src/a.rs"),
    ];
    for (page, fault) in rows {
        let expected: Vec<&str> = if fault.is_empty() { vec![] } else { vec![fault] };
        assert_eq!(complaints(&page, made_up), expected);
    }
}

/// What is wrong with a page; `source` reads the files that it names.
fn complaints(page: &str, source: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let rows: Vec<(&str, &str)> = page.lines().filter_map(row).collect();
    let mut found = counted(&rows);
    for (id, tests) in rows {
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        if names.is_empty() && tests != NOT_YET {
            found.push(format!("{id} names no test"));
        }
        found
            .extend(names.iter().filter_map(|name| missing(name, &source).map(|why| format!("{id}: {why}"))));
    }
    found
}

/// Id and tests of a line of the table; `None` for other lines.
fn row(line: &str) -> Option<(&str, &str)> {
    let columns: Vec<&str> = line.split('|').map(str::trim).collect();
    let id = *columns.get(1)?;
    let (source, number) = id.split_once('-')?;
    let is_id = source.len() == 2 && source.starts_with('S') && number.parse::<u32>().is_ok();
    is_id.then(|| (id, columns.get(TESTS_COLUMN).copied().unwrap_or_default()))
}

fn counted(rows: &[(&str, &str)]) -> Vec<String> {
    let ids = SOURCES.iter().flat_map(|(source, count)| (1..=*count).map(move |n| format!("{source}-{n}")));
    let mut times: BTreeMap<String, u32> = ids.map(|id| (id, 0)).collect();
    let mut found = vec![];
    for (id, _) in rows {
        match times.get_mut(*id) {
            Some(times) => *times += 1,
            None => found.push(format!("there is no {id}")),
        }
    }
    found.extend(
        times
            .iter()
            .filter(|(_, times)| **times != 1)
            .map(|(id, times)| format!("{id} stands {times} times")),
    );
    found
}

fn missing(name: &str, source: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let Some((path, test)) = name.split_once("::") else { return Some(format!("`{name}` is no path::test")) };
    let exists = source(path).is_some_and(|text| has_test(&text, test));
    (!exists).then(|| format!("there is no test {test} in {path}"))
}

/// A function of this name that is marked as a test.
fn has_test(text: &str, test: &str) -> bool {
    let mut is_marked = false;
    for line in text.lines().map(str::trim_start) {
        if line.contains("fn ") {
            if is_marked && line.contains(&format!("fn {test}(")) {
                return true;
            }
            is_marked = false;
        }
        is_marked |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
    }
    false
}

fn in_project(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

fn whole_page() -> String {
    let ids = SOURCES.iter().flat_map(|(source, count)| (1..=*count).map(move |n| format!("{source}-{n}")));
    let rows = ids.map(|id| format!("| {id} | asks | not yet | |\n"));
    format!("# Title\n\n| id | asks for | tests | missing |\n|---|---|---|---|\n{}", rows.collect::<String>())
}

fn made_up(path: &str) -> Option<String> {
    let text =
        "#[test]\nfn it_holds() {}\n\n#[tokio::test]\nasync fn it_holds_later() {}\n\nfn helper() {}\n";
    (path == "src/a.rs").then(|| text.to_owned())
}
