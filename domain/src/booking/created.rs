//! `booking.created` as it is read: in one pass.
//!
//! By far the largest of all payloads. What serde flattens or finds by a tag, it buffers value by value before it
//! reads it; here the order's fields are handed on as they come.

use chrono::{DateTime, Utc};
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};

use super::{BookingEvent, Order};
use crate::values::Actor;

/// How this program begins such a payload.
const BEGIN: &str = r#"{"event_type":"booking.created","#;

/// The event, when the payload is written as this program writes it; whatever else is to be read by its derived
/// form, which knows every form there is.
pub fn read(payload: &str) -> Option<BookingEvent> {
    let begins = payload.starts_with(BEGIN);
    begins.then(|| serde_json::from_str(payload).ok()).flatten().map(|Created(event)| event)
}

struct Created(BookingEvent);

/// Takes what is beside the order, and gives the order the rest.
struct Beside<A> {
    map: A,
    /// Whether the tag was there, which [`BEGIN`] has checked.
    is_named: bool,
    created_by: Option<Actor>,
    created_at: Option<DateTime<Utc>>,
}

impl<'de> Deserialize<'de> for Created {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole;
        impl<'de> Visitor<'de> for Whole {
            type Value = Created;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a booking that was created")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Created, A::Error> {
                let mut beside = Beside { map, is_named: false, created_by: None, created_at: None };
                let order = Order::deserialize(de::value::MapAccessDeserializer::new(&mut beside))?;
                let Beside { created_by, created_at, .. } = beside;
                let created_by = created_by.ok_or_else(|| de::Error::missing_field("created_by"))?;
                let created_at = created_at.ok_or_else(|| de::Error::missing_field("created_at"))?;
                Ok(Created(BookingEvent::Created { order: Box::new(order), created_by, created_at }))
            }
        }
        deserializer.deserialize_map(Whole)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for &mut Beside<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.map.next_key::<&'de str>()? {
            match key {
                "created_by" if self.created_by.is_none() => self.created_by = Some(self.map.next_value()?),
                "created_at" if self.created_at.is_none() => self.created_at = Some(self.map.next_value()?),
                "event_type" if !self.is_named => {
                    self.is_named = true;
                    self.map.next_value::<de::IgnoredAny>()?;
                }
                "event_type" => return Err(de::Error::duplicate_field("event_type")),
                "created_by" => return Err(de::Error::duplicate_field("created_by")),
                "created_at" => return Err(de::Error::duplicate_field("created_at")),
                key => return seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some),
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::samples::{NOW, customer, order};

    fn event() -> BookingEvent {
        BookingEvent::Created { order: Box::new(order()), created_by: customer(1), created_at: NOW }
    }

    #[test]
    fn what_is_written_is_read_in_one_pass_as_in_two() {
        let event = event();
        let payload = serde_json::to_string(&event).unwrap();
        assert_eq!(read(&payload).as_ref(), Some(&event));
        assert_eq!(serde_json::from_str::<BookingEvent>(&payload).unwrap(), event);
    }

    #[test]
    fn what_is_written_otherwise_is_left_to_the_derived_form() {
        let payload = serde_json::to_string(&event()).unwrap();
        for odd in [
            payload.replacen(':', ": ", 1),
            payload.replace("created_at", "created_on"),
            payload.replacen(BEGIN, &format!(r#"{BEGIN}"event_type":"booking.expired","#), 1),
            payload.replacen(BEGIN, &format!(r#"{BEGIN}"created_at":"1970-01-01T00:00:00Z","#), 1),
            payload.replace("\"items\"", "\"\\u0069tems\""),
            "{}".to_owned(),
        ] {
            assert_eq!(read(&odd), None, "{odd}");
        }
    }
}
