//! Opening sealed texts inside a JSON document.

use std::collections::HashMap;

use booking_domain::values::{SEALED_PREFIX, TenantId};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{SealFailure, SubjectKey};

/// Members that say whose the sealed texts beside them are, the nearest first.
const SUBJECT_MEMBERS: [&str; 3] = ["passenger_id", "id", "customer_id"];

/// A JSON text with each sealed string replaced by what `text_of` knows for it, a JSON string in quotes.
///
/// A quote opens a string only where it is not escaped, and what follows it decides: no text but a sealed one is
/// ever looked up, and only those that are known are replaced.
pub fn reveal<'t>(json: &str, text_of: impl Fn(&str) -> Option<&'t str>) -> String {
    let mut revealed = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find(SEALED_PREFIX) {
        let end = rest[at..].find('"').map_or(rest.len(), |length| at + length);
        match text_of(&rest[at..end]).zip(rest[..at].strip_suffix('"')) {
            Some((text, before)) => {
                revealed.extend([before, text]);
                rest = rest[end..].strip_prefix('"').unwrap_or_default();
            }
            None => {
                revealed.push_str(&rest[..end]);
                rest = &rest[end..];
            }
        }
    }
    revealed + rest
}

/// Everyone whose sealed texts stand in a document, each once.
pub fn subjects(document: &Value) -> Vec<Uuid> {
    let mut found = vec![];
    collect(document, None, &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

fn collect(value: &Value, around: Option<Uuid>, found: &mut Vec<Uuid>) {
    match value {
        Value::Object(members) => {
            let subject = subject_of(members).or(around);
            members.values().for_each(|member| collect(member, subject, found));
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, around, found)),
        Value::String(text) if text.starts_with(SEALED_PREFIX) => found.extend(around),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Opens every sealed text; without a key it becomes null.
pub fn open(
    value: &mut Value,
    tenant: TenantId,
    keys: &HashMap<Uuid, SubjectKey>,
) -> Result<(), SealFailure> {
    open_within(value, "", None, tenant, keys)
}

fn open_within(
    value: &mut Value,
    field: &str,
    around: Option<Uuid>,
    tenant: TenantId,
    keys: &HashMap<Uuid, SubjectKey>,
) -> Result<(), SealFailure> {
    match value {
        Value::Object(members) => {
            let subject = subject_of(members).or(around);
            members.iter_mut().try_for_each(|(name, member)| open_within(member, name, subject, tenant, keys))
        }
        Value::Array(elements) => {
            elements.iter_mut().try_for_each(|element| open_within(element, field, around, tenant, keys))
        }
        Value::String(text) if text.starts_with(SEALED_PREFIX) => {
            let key = around.and_then(|subject| Some((subject, keys.get(&subject)?)));
            *value = match key {
                Some((subject, key)) => Value::String(key.open(tenant, subject, field, text)?),
                None => Value::Null,
            };
            Ok(())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn subject_of(members: &Map<String, Value>) -> Option<Uuid> {
    SUBJECT_MEMBERS.iter().find_map(|member| members.get(*member)?.as_str()?.parse().ok())
}
