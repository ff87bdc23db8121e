//! What is different between two documents of one booking.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Members that every event changes, which says nothing.
const CHANGED_BY_ALL: [&str; 2] = ["updated_at", "version"];
/// By what the elements of a list are known again.
const IDS: [&str; 2] = ["item_id", "passenger_id"];

/// One member that says something else than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Change {
    /// A path, such as `status` or `items/<item_id>/status`.
    pub field: String,
    /// Null when it was not there.
    pub from: Value,
    /// Null when it is no longer there.
    pub to: Value,
}

/// All that is different, in the order of the members.
pub fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = vec![];
    compare("", before, after, &mut found);
    found
}

fn compare(path: &str, before: &Value, after: &Value, found: &mut Vec<Change>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => members(path, before, after, found),
        (Value::Array(before), Value::Array(after)) if have_ids(before) && have_ids(after) => {
            elements(path, before, after, found);
        }
        (from, to) => found.push(Change { field: path.to_owned(), from: from.clone(), to: to.clone() }),
    }
}

fn members(path: &str, before: &Map<String, Value>, after: &Map<String, Value>, found: &mut Vec<Change>) {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    for name in after.keys().chain(gone).filter(|name| !CHANGED_BY_ALL.contains(&name.as_str())) {
        let of = |members: &Map<String, Value>| members.get(name).cloned().unwrap_or_default();
        compare(&below(path, name), &of(before), &of(after), found);
    }
}

fn elements(path: &str, before: &[Value], after: &[Value], found: &mut Vec<Change>) {
    let with_id = |elements: &[Value], id: &str| {
        elements.iter().find(|element| id_of(element) == Some(id)).cloned().unwrap_or_default()
    };
    let ids =
        |elements: &[Value]| elements.iter().filter_map(id_of).map(ToOwned::to_owned).collect::<Vec<_>>();
    let (old, new) = (ids(before), ids(after));
    let gone = old.iter().filter(|id| !new.contains(id));
    for id in new.iter().chain(gone) {
        compare(&below(path, id), &with_id(before, id), &with_id(after, id), found);
    }
}

fn have_ids(elements: &[Value]) -> bool {
    elements.iter().all(|element| id_of(element).is_some())
}

fn id_of(element: &Value) -> Option<&str> {
    IDS.iter().find_map(|id| element.get(*id)?.as_str())
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn between(before: &Value, after: &Value) -> Vec<(String, Value, Value)> {
        changes(before, after).into_iter().map(|change| (change.field, change.from, change.to)).collect()
    }

    #[test]
    fn what_stays_is_no_change_and_neither_is_the_version() {
        let document = json!({"status": "created", "items": [{"item_id": "a", "units": 1}], "version": 1});
        let mut next = document.clone();
        next["version"] = json!(2);
        assert_eq!(between(&document, &next), []);
    }

    #[test]
    fn members_are_compared_one_by_one_and_elements_by_their_ids() {
        let before = json!({
            "status": "created", "gone": 1, "seats": ["1A", "1B"],
            "items": [{"item_id": "a", "status": "claimed"}, {"item_id": "b", "status": "claimed"}],
        });
        let after = json!({
            "status": "confirmed", "new": {"x": 1}, "seats": ["1A"],
            "items": [{"item_id": "b", "status": "cancelled"}, {"item_id": "c"}],
        });
        let (none, text) = (Value::Null, ToOwned::to_owned);
        assert_eq!(
            between(&before, &after),
            [
                (text("items/b/status"), json!("claimed"), json!("cancelled")),
                (text("items/c"), none.clone(), json!({"item_id": "c"})),
                (text("items/a"), json!({"item_id": "a", "status": "claimed"}), none.clone()),
                (text("new"), none.clone(), json!({"x": 1})),
                (text("seats"), json!(["1A", "1B"]), json!(["1A"])),
                (text("status"), json!("created"), json!("confirmed")),
                (text("gone"), json!(1), none),
            ]
        );
    }
}
