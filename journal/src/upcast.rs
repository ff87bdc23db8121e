//! Old payloads brought to the newest shape. Events are never edited; this is where they are read anew.

use std::borrow::Cow;

use booking_domain::event::VERSION;
use serde_json::Value;

/// One step: the payload of `event_type` from version `from` to `from + 1`.
struct Step {
    event_type: &'static str,
    from: u32,
    change: fn(Value) -> Value,
}

/// Every change of shape there ever was, oldest first. None yet: all events are of version 1.
const STEPS: &[Step] = &[];

/// The payload in its newest shape; a payload that is new already is not copied.
///
/// # Errors
/// When the version is newer than this program, or the payload is no JSON.
pub fn upcast<'p>(event_type: &str, version: &str, payload: &'p str) -> serde_json::Result<Cow<'p, str>> {
    if version == VERSION {
        return Ok(Cow::Borrowed(payload));
    }
    climb(STEPS, event_type, version, payload)
}

fn climb<'p>(
    steps: &[Step],
    event_type: &str,
    version: &str,
    payload: &'p str,
) -> serde_json::Result<Cow<'p, str>> {
    let unknown = || serde::de::Error::custom(format!("unknown version `{version}`"));
    let mut at: u32 = version.parse().map_err(|_| unknown())?;
    let mut value: Value = serde_json::from_str(payload)?;
    let mut climbed = false;
    for step in steps.iter().filter(|step| step.event_type == event_type) {
        if step.from == at {
            value = (step.change)(value);
            at += 1;
            climbed = true;
        }
    }
    if climbed { serde_json::to_string(&value).map(Cow::Owned) } else { Err(unknown()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TWO_STEPS: &[Step] = &[
        Step { event_type: "seat.blocked", from: 1, change: |_| json!({"shape": 2}) },
        Step {
            event_type: "seat.blocked",
            from: 2,
            change: |old| json!({"shape": 3, "was": old["shape"].clone()}),
        },
    ];

    #[test]
    fn an_old_payload_climbs_all_steps() {
        let newest = climb(TWO_STEPS, "seat.blocked", "1", "{}").unwrap();
        assert_eq!(serde_json::from_str::<Value>(&newest).unwrap(), json!({"shape": 3, "was": 2}));
    }

    #[test]
    fn a_version_from_the_future_is_not_read() {
        assert!(climb(TWO_STEPS, "seat.blocked", "9", "{}").is_err());
        assert!(upcast("seat.blocked", "2", "{}").is_err());
        assert!(upcast("seat.blocked", "one", "{}").is_err());
    }
}
