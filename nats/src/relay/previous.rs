//! Each tenant's last position, so that a subscriber to one tenant can prove that it missed nothing.

use std::collections::HashMap;

use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use booking_domain::values::TenantId;

use super::plan::{self, Before};
use crate::streams::position;
use crate::{NatsFailure, subjects};

/// Tenants that are remembered, and those of one window; beyond it all are forgotten between two windows, and
/// learned again from the stream.
const TENANTS_MAX: usize = 100_000;

/// Learned from the stream, one question for each tenant, then kept in memory while one session publishes.
pub(super) struct Previous {
    stream: Stream<()>,
    known: HashMap<TenantId, i64>,
}

impl Previous {
    pub fn new(stream: Stream<()>) -> Self {
        Self { stream, known: HashMap::new() }
    }

    /// To be called when everything that was asked about is acknowledged. Within a window the stream does not
    /// have yet what memory has, so nothing may be forgotten there.
    pub fn between_windows(&mut self) {
        if TENANTS_MAX <= self.known.len() {
            self.known.clear();
        }
    }

    /// The tenant's position before `now`, which becomes its last one. 0 when it has none; `None` when the
    /// stream no longer holds enough to know. To be asked when everything before `now` was acknowledged, or
    /// was asked about here.
    pub async fn replace(&mut self, tenant_id: TenantId, now: i64) -> Result<Option<i64>, NatsFailure> {
        match self.known.insert(tenant_id, now) {
            Some(previous) => Ok(Some(previous)),
            None => self.learn(tenant_id).await,
        }
    }

    async fn learn(&self, tenant_id: TenantId) -> Result<Option<i64>, NatsFailure> {
        match self.stream.get_last_raw_message_by_subject(&subjects::of_tenant(tenant_id)).await {
            Ok(message) => Ok(Some(position(message.sequence))),
            Err(failure) if failure.kind() == LastRawMessageErrorKind::NoMessageFound => self.none().await,
            Err(failure) => Err(NatsFailure::to("ask for a tenant's last event")(failure)),
        }
    }

    /// The stream has no event of a tenant. Whether there never was one, only a stream can say that still has
    /// the first event of all; and it is asked now, because a session may outlive what the stream keeps.
    async fn none(&self) -> Result<Option<i64>, NatsFailure> {
        let info =
            self.stream.get_info().await.map_err(NatsFailure::to("ask for the stream's first event"))?;
        Ok(match plan::before(position(info.state.first_sequence)) {
            Before::None => Some(0),
            Before::Unknown => None,
        })
    }
}
