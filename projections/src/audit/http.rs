//! Routes for owners and the platform.

use axum::http::StatusCode;
use booking_http::Permission::ReadAudit;
use booking_http::contract::{Operation, Routes};

use super::{checkpoints, events, trail, verify};
use crate::api::Api;

pub(crate) fn routes() -> Routes<Api> {
    let ok = StatusCode::OK;
    let read = |operation: Operation| operation.by(ReadAudit).reading();
    let events = read(Operation::get("/api/v1/events", "The business's events as they are stored"));
    let trail = read(Operation::get("/api/v1/admin/audit", "Who did what to what, the newest first"));
    let verify = read(Operation::get("/api/v1/audit/verify", "The hash chain computed anew"));
    let checkpoints = read(Operation::get("/api/v1/audit/checkpoints", "Signed heads of the hash chain"));
    Routes::new()
        .on(events.asking::<events::Asked>().answering::<events::Events>(ok), events::events)
        .on(trail.by_cursor().asking::<trail::Filters>().answering::<trail::Trail>(ok), trail::trail)
        .on(
            verify.asking::<verify::Asked>().failing(&[422]).answering::<verify::Verified>(ok),
            verify::verify,
        )
        .on(checkpoints.by_cursor().answering::<checkpoints::Checkpoints>(ok), checkpoints::checkpoints)
}
