//! What a tenant's own subscriber reads from: a durable that the engine makes for it.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, pull};
use booking_domain::values::TenantId;

use crate::{Connection, Definition, NatsFailure, subjects};

/// A message that is not acknowledged within this time is delivered again.
pub const ACK_WAIT_SECONDS: u64 = 30;
/// Tries of one message: no limit. A limit would skip silently what a subscriber cannot digest.
pub const DELIVERIES_MAX: i64 = -1;
/// Messages that are out and not yet acknowledged, over all of the tenant's connections.
pub const ACK_PENDING_MAX: i64 = 1_000;

/// The tenant's durable, which is also the name of its user: `tenant_<uuid with _ for ->`.
pub fn durable_name(tenant_id: TenantId) -> String {
    format!("tenant_{}", tenant_id.to_string().replace('-', "_"))
}

/// Makes the tenant's durable if it is not there: a pull consumer from the first event that the stream
/// holds, with explicit acknowledgement. Several connections may share it; each message goes to one of them.
/// Safe to repeat: an existing durable keeps its place. To be called again when the stream was made anew.
///
/// # Errors
/// When NATS does not answer, or has a durable of that name with other settings.
pub async fn ensure_subscriber(
    connection: &Connection,
    definition: &Definition,
    epoch: i32,
    tenant_id: TenantId,
) -> Result<(), NatsFailure> {
    let made: Result<Consumer<pull::Config>, _> =
        connection.jetstream().create_consumer_on_stream(durable(tenant_id), definition.name(epoch)).await;
    made.map(drop).map_err(NatsFailure::to("make a tenant's subscriber"))
}

fn durable(tenant_id: TenantId) -> pull::Config {
    pull::Config {
        durable_name: Some(durable_name(tenant_id)),
        filter_subject: subjects::of_tenant(tenant_id),
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_secs(ACK_WAIT_SECONDS),
        max_deliver: DELIVERIES_MAX,
        max_ack_pending: ACK_PENDING_MAX,
        deliver_policy: DeliverPolicy::All,
        ..pull::Config::default()
    }
}
