//! Policies: what is to be done about an event or at an instant. Nothing lives here yet.
//!
//! To come: the expiry of unpaid bookings, reminders, notifications, payments and refunds. Each is a pure
//! mapping `(event or timer, own state) -> actions`; a runner does the deeds at least once, with keys by which
//! the outside knows repeats.
