use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::values::{Currency, TenantId};

/// Who a tenant is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Business {
    pub business_id: TenantId,
    pub name: String,
    /// Unique over the whole platform.
    pub subdomain: String,
    pub time_zone: Tz,
    pub currency: Currency,
    /// `en`, `ru` or `kk`.
    pub language: String,
}

/// What has happened to a tenant. Past tense; never renamed, never removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event_type")]
pub enum TenantEvent {
    /// Signed up; may not sell yet.
    #[serde(rename = "tenant.registered")]
    Registered {
        #[serde(flatten)]
        business: Business,
        registered_at: DateTime<Utc>,
    },
    /// May sell, by the default policies.
    #[serde(rename = "tenant.approved")]
    Approved { business_id: TenantId, approved_at: DateTime<Utc> },
}

impl TenantEvent {
    /// The one name: column, payload tag, `ce-type` and end of the NATS subject.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "tenant.registered",
            Self::Approved { .. } => "tenant.approved",
        }
    }
}

impl DomainEvent for TenantEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        crate::event::VERSION.to_owned()
    }
}
