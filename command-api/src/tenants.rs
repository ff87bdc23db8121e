//! Founding a business without a request over HTTP: for seeds and development.

use booking_domain::UseCase;
use booking_domain::tenant::Business;
use booking_domain::use_cases::{ApproveTenant, RegisterTenant};
use booking_domain::values::{Actor, TenantId};
use booking_journal::{CommandKey, Intent, Journal, Outcome, Request, SubmitFailure, Trace};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Why a business was not founded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoundFailure {
    /// The journal gave no outcome; trying again is safe.
    #[error("could not found the business")]
    Submit(#[from] SubmitFailure),
    /// A rule said no, by this code: the subdomain is another's, or the business has other particulars.
    #[error("the business was refused: {0}")]
    Refused(String),
}

/// Registers a business and lets it sell. Safe to repeat: the same again is nothing to do.
///
/// # Errors
/// [`FoundFailure`]; when approving fails it is registered all the same.
pub async fn found(journal: &Journal, business: Business, now: DateTime<Utc>) -> Result<(), FoundFailure> {
    let tenant = business.business_id;
    let register = UseCase::RegisterTenant(RegisterTenant { business, now });
    submit(journal, tenant, register, now).await?;
    submit(journal, tenant, UseCase::ApproveTenant(ApproveTenant { now }), now).await
}

async fn submit(
    journal: &Journal,
    tenant: TenantId,
    case: UseCase,
    now: DateTime<Utc>,
) -> Result<(), FoundFailure> {
    let request = Request {
        tenant,
        actor: Actor::SYSTEM,
        case,
        key: CommandKey::once(Uuid::now_v7()),
        keys: vec![],
        trace: Trace::default(),
        occurred_at: now,
        quiet: false,
        versions: None,
        intent: Intent::Store,
    };
    match journal.submit(request).await? {
        Outcome::Done(_) => Ok(()),
        Outcome::Refused(refused) => Err(FoundFailure::Refused(refused.code)),
        Outcome::KeyReused => Err(FoundFailure::Refused("IDEMPOTENCY_KEY_REUSED".to_owned())),
    }
}
