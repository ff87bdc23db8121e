//! By what a repeat of a request is known.

use booking_http::{Caller, IdempotencyKey};
use booking_journal::{CommandKey, KeyOrigin, MasterKey};
use serde::Serialize;
use uuid::Uuid;

/// What was asked, apart from who and when: the same again is a repeat.
#[derive(Debug)]
pub struct Asking {
    method: &'static str,
    path: String,
    body: Vec<u8>,
}

impl Asking {
    /// `path` is from `/api/v1` on, with its ids. The body counts as it was read: order, white space and
    /// absent members make no difference.
    pub fn new(method: &'static str, path: impl Into<String>, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("a body that was read can be written as JSON");
        Self { method, path: path.into(), body }
    }

    /// The caller's key; without one each request is for itself.
    pub fn key(&self, master: &MasterKey, caller: &Caller, given: Option<&IdempotencyKey>) -> CommandKey {
        match given {
            Some(given) => self.of(master, caller, given.as_str().to_owned(), KeyOrigin::Given),
            None => self.of(master, caller, Uuid::now_v7().to_string(), KeyOrigin::Derived),
        }
    }

    /// The caller's key; without one it is derived from the request, so that one sent twice by mistake is one
    /// (S3-13).
    pub fn key_or_derived(
        &self,
        master: &MasterKey,
        caller: &Caller,
        given: Option<&IdempotencyKey>,
    ) -> CommandKey {
        match given {
            Some(given) => self.of(master, caller, given.as_str().to_owned(), KeyOrigin::Given),
            None => self.of(master, caller, self.derived(master, caller), KeyOrigin::Derived),
        }
    }

    fn derived(&self, master: &MasterKey, caller: &Caller) -> String {
        let user_id = caller.user_id.uuid();
        let route = [self.method, " ", &self.path].concat();
        hex(&master.fingerprint("derived", &[route.as_bytes(), user_id.as_bytes(), &self.body]))
    }

    fn of(&self, master: &MasterKey, caller: &Caller, key: String, origin: KeyOrigin) -> CommandKey {
        let parts = [self.method.as_bytes(), self.path.as_bytes(), &self.body];
        let fingerprint = master.fingerprint("request", &parts);
        CommandKey { caller: caller.user_id.to_string(), key, fingerprint, origin }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use booking_http::{By, Role, Roles};

    use super::*;

    fn caller(user: u128) -> Caller {
        let (user_id, tenant) = (Uuid::from_u128(user).into(), Uuid::from_u128(1).into());
        Caller { user_id, tenant, roles: Roles::from(Role::Customer), location_ids: vec![], by: By::Secret }
    }

    #[derive(Serialize, serde::Deserialize)]
    struct Thing {
        a: Option<u8>,
        b: Option<u8>,
    }

    fn asking(path: &str, body: &'static str) -> Asking {
        Asking::new("POST", path, &serde_json::from_str::<Thing>(body).unwrap())
    }

    fn derived(user: u128, path: &str, body: &'static str) -> CommandKey {
        asking(path, body).key_or_derived(&MasterKey::new([7; 32]), &caller(user), None)
    }

    #[test]
    fn a_derived_key_follows_from_caller_route_and_content() {
        let key = derived(2, "/bookings", r#"{"a": 1, "b": 2}"#);
        assert_eq!((key.key.len(), key.origin), (64, KeyOrigin::Derived));
        assert_eq!(derived(2, "/bookings", r#"{"b":2,"a":1}"#), key, "another way of writing the same");
        assert_eq!(derived(2, "/bookings", r#"{"a":1}"#), derived(2, "/bookings", r#"{"a":1,"b":null}"#));
        assert_ne!(derived(3, "/bookings", r#"{"a":1,"b":2}"#).key, key.key, "another caller");
        assert_ne!(derived(2, "/holds", r#"{"a":1,"b":2}"#).key, key.key, "another route");
        assert_ne!(derived(2, "/bookings", r#"{"a":1,"b":3}"#).key, key.key, "another body");
    }

    #[test]
    fn without_a_key_each_command_is_for_itself() {
        let (master, caller) = (MasterKey::new([7; 32]), caller(2));
        let asking = asking("/bookings/1/cancel", "{}");
        let (one, other) = (asking.key(&master, &caller, None), asking.key(&master, &caller, None));
        assert_ne!(one.key, other.key);
        assert_eq!(one.fingerprint, other.fingerprint);
    }

    #[test]
    fn the_fingerprint_tells_requests_under_one_key_apart() {
        let fingerprint = |path: &str, body| derived(2, path, body).fingerprint;
        assert_ne!(fingerprint("/bookings/1/cancel", "{}"), fingerprint("/bookings/2/cancel", "{}"));
        assert_ne!(fingerprint("/bookings", "{}"), fingerprint("/bookings", r#"{"a":1}"#));
    }
}
