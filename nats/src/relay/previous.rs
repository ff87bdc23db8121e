//! Each tenant's last position, so that a subscriber to one tenant can prove that it missed nothing.

use std::collections::HashMap;

use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use booking_domain::values::TenantId;

use super::plan::{self, Before};
use crate::streams::position;
use crate::{NatsFailure, subjects};

/// Tenants that are remembered; beyond it all are forgotten and learned again from the stream.
const TENANTS_MAX: usize = 100_000;

/// Learned from the stream, one question for each tenant, then kept in memory while one session publishes.
pub(super) struct Previous {
    stream: Stream<()>,
    before: Before,
    known: HashMap<TenantId, i64>,
}

impl Previous {
    /// `first` is the oldest position that the stream holds.
    pub fn new(stream: Stream<()>, first: i64) -> Self {
        Self { stream, before: plan::before(first), known: HashMap::new() }
    }

    /// The tenant's position before `now`, which becomes its last one. 0 when it has none; `None` when the
    /// stream no longer holds enough to know. To be asked when everything before `now` was acknowledged, or
    /// was asked about here.
    pub async fn replace(&mut self, tenant_id: TenantId, now: i64) -> Result<Option<i64>, NatsFailure> {
        if TENANTS_MAX <= self.known.len() {
            self.known.clear();
        }
        match self.known.insert(tenant_id, now) {
            Some(previous) => Ok(Some(previous)),
            None => self.learn(tenant_id).await,
        }
    }

    async fn learn(&self, tenant_id: TenantId) -> Result<Option<i64>, NatsFailure> {
        match self.stream.get_last_raw_message_by_subject(&subjects::of_tenant(tenant_id)).await {
            Ok(message) => Ok(Some(position(message.sequence))),
            Err(failure) if failure.kind() == LastRawMessageErrorKind::NoMessageFound => {
                Ok(match self.before {
                    Before::None => Some(0),
                    Before::Unknown => None,
                })
            }
            Err(failure) => Err(NatsFailure::to("ask for a tenant's last event")(failure)),
        }
    }
}
