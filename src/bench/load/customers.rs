use axum::http::HeaderValue;
use booking_domain::values::{TenantId, UserId};
use booking_http::Role;
use booking_journal::Reader;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::database::{self, DatabaseRole};
use crate::exit::Failure;
use crate::settings::Settings;
use crate::tools::token::mint;

/// Outlives every load.
const LIFE: TimeDelta = TimeDelta::hours(2);

/// Who books: one `authorization` each.
pub struct Customers(Vec<HeaderValue>);

impl Customers {
    /// One, who has a token already.
    ///
    /// # Errors
    /// When the token cannot stand in a header.
    pub fn one(token: &str) -> Result<Self, Failure> {
        bearer(token).map(|customer| Self(vec![customer]))
    }

    /// So many new ones, with tokens by the secret of the settings.
    ///
    /// # Errors
    /// When there is no secret, or no such business.
    pub async fn many(settings: &Settings, tenant: &str, count: u32) -> Result<Self, Failure> {
        let (tokens, tenant) = (settings.tokens()?, tenant_of(settings, tenant).await?);
        let customer = |_| bearer(&mint(&tokens, tenant, UserId::new(Uuid::now_v7()), Role::Customer, LIFE));
        (0..count).map(customer).collect::<Result<_, _>>().map(Self)
    }

    /// One after another, for ever.
    pub fn of(&self, number: u64) -> HeaderValue {
        let place = usize::try_from(number).unwrap_or_default() % self.0.len();
        self.0[place].clone()
    }
}

fn bearer(token: &str) -> Result<HeaderValue, Failure> {
    let header = HeaderValue::try_from(format!("Bearer {token}"));
    header.map_err(|_| Failure::Usage("--token-customer: this is no token".to_owned()))
}

async fn tenant_of(settings: &Settings, name: &str) -> Result<TenantId, Failure> {
    if let Ok(tenant) = name.parse() {
        return Ok(tenant);
    }
    let reader = Reader::new(database::pool(&settings.database_url, DatabaseRole::Reader, 1)?);
    let unknown = || Failure::Usage(format!("there is no business `{name}`"));
    reader.tenant_of(name).await?.ok_or_else(unknown)
}
