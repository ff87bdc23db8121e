//! The engine against real Postgres and NATS, room by room and as a whole.

mod support;

mod journal;
