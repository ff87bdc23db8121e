//! `booking token`: a token for whoever holds the secret.

use booking_domain::values::{TenantId, UserId};
use booking_http::{By, Caller, Role, Roles, Tokens};
use booking_journal::Reader;
use chrono::{TimeDelta, Utc};
use clap::Args;
use uuid::Uuid;

use crate::exit::Failure;
use crate::tools::tenant;

/// For whom a token is made.
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// super_admin, owner, manager, provider, customer or service
    #[arg(long)]
    role: Role,
    /// Subdomain or id of the business
    #[arg(long, default_value = "acme")]
    tenant: String,
    /// Account; a new one when absent
    #[arg(long)]
    user: Option<Uuid>,
    /// How long it lives
    #[arg(long, default_value_t = 15)]
    minutes: u32,
}

/// Makes a token.
///
/// # Errors
/// When there is no such business, or the journal cannot be asked.
pub async fn token(tokens: &Tokens, reader: &Reader, args: &TokenArgs) -> Result<String, Failure> {
    let tenant = tenant::named(reader, &args.tenant).await?;
    let user = UserId::new(args.user.unwrap_or_else(Uuid::now_v7));
    let life = TimeDelta::minutes(i64::from(args.minutes));
    Ok(mint(tokens, tenant, user, args.role, life))
}

/// A token of one role.
pub fn mint(tokens: &Tokens, tenant: TenantId, user_id: UserId, role: Role, life: TimeDelta) -> String {
    let caller = Caller { user_id, tenant, roles: Roles::from(role), location_ids: vec![], by: By::Secret };
    tokens.mint(&caller, life, Utc::now())
}
