//! Subjects: `booking.evt.<tenant_id>.<event_type>`.
//!
//! No aggregate's id stands in a subject: a million distinct subjects cost the server gigabytes.

use booking_domain::values::TenantId;

/// Where all events begin.
pub const PREFIX: &str = "booking.evt";

/// The subject of an event, such as `booking.evt.<tenant_id>.booking.created`.
///
/// `None` when `event_type` is not words of letters, digits, `_` and `-` joined by dots.
pub fn of_event(tenant_id: TenantId, event_type: &str) -> Option<String> {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    };
    event_type.split('.').all(is_word).then(|| format!("{PREFIX}.{tenant_id}.{event_type}"))
}

/// All events of one tenant, and nothing else.
pub fn of_tenant(tenant_id: TenantId) -> String {
    format!("{PREFIX}.{tenant_id}.>")
}

/// Whose event a subject names, and which.
pub fn parse(subject: &str) -> Option<(TenantId, &str)> {
    let (tenant_id, event_type) = subject.strip_prefix(PREFIX)?.strip_prefix('.')?.split_once('.')?;
    Some((tenant_id.parse().ok()?, event_type))
}

#[cfg(test)]
mod tests {
    use super::{TenantId, of_event, of_tenant, parse};
    use uuid::Uuid;

    const TENANT: TenantId = TenantId::new(Uuid::from_u128(7));

    #[test]
    fn a_subject_says_tenant_and_event_and_can_be_read_back() {
        let subject = of_event(TENANT, "booking.created").expect("words");

        assert_eq!(subject, "booking.evt.00000000-0000-0000-0000-000000000007.booking.created");
        assert_eq!(parse(&subject), Some((TENANT, "booking.created")));
        assert_eq!(of_tenant(TENANT), "booking.evt.00000000-0000-0000-0000-000000000007.>");
    }

    #[test]
    fn what_is_no_event_type_has_no_subject() {
        for event_type in
            ["", "booking.", ".created", "booking..created", "booking.*", "a b", "booking.>", "é"]
        {
            assert_eq!(of_event(TENANT, event_type), None, "{event_type:?}");
        }
    }

    #[test]
    fn other_subjects_are_not_ours() {
        for subject in
            ["booking.evt", "booking.evt.", "booking.evt.x.booking.created", "booking.evtx.7.a", "a.b"]
        {
            assert_eq!(parse(subject), None, "{subject:?}");
        }
    }
}
