use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::values::{CustomerId, LocationId, Role, Sealed, UserId};

/// A role within the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Grant {
    pub role: Role,
    /// The locations that it is bound to; empty when to none.
    pub location_ids: Vec<LocationId>,
}

/// Who an account is, as one tenant sees it. Texts are sealed under the customer's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Profile {
    pub user_id: UserId,
    /// The customer that the account is within the tenant; derived from both.
    pub customer_id: CustomerId,
    pub email: Sealed,
    pub full_name: Sealed,
    pub phone_number: Option<Sealed>,
}

/// What has happened to an account within a tenant. Past tense; never renamed, never removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event_type")]
pub enum UserEvent {
    /// It is known to the tenant from now on.
    #[serde(rename = "user.registered")]
    Registered {
        #[serde(flatten)]
        profile: Profile,
        roles: Vec<Grant>,
        registered_at: DateTime<Utc>,
    },
    /// Members that are absent stay as they were.
    #[serde(rename = "user.profile_changed")]
    ProfileChanged {
        user_id: UserId,
        customer_id: CustomerId,
        full_name: Option<Sealed>,
        phone_number: Option<Sealed>,
        changed_at: DateTime<Utc>,
    },
    /// It has a role from now on, or the one that it had is bound to other locations.
    #[serde(rename = "user.role_granted")]
    RoleGranted {
        user_id: UserId,
        #[serde(flatten)]
        grant: Grant,
        granted_at: DateTime<Utc>,
    },
    /// It no longer has a role.
    #[serde(rename = "user.role_revoked")]
    RoleRevoked { user_id: UserId, role: Role, revoked_at: DateTime<Utc> },
    /// It may do nothing more within the tenant. For good.
    #[serde(rename = "user.deactivated")]
    Deactivated { user_id: UserId, deactivated_at: DateTime<Utc> },
    /// A code was sent that sets a new password. The code follows from the request's id and a secret.
    #[serde(rename = "user.password_reset_requested")]
    PasswordResetRequested { user_id: UserId, requested_at: DateTime<Utc> },
}

impl UserEvent {
    /// The one name: column, payload tag, `ce-type` and end of the NATS subject.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "user.registered",
            Self::ProfileChanged { .. } => "user.profile_changed",
            Self::RoleGranted { .. } => "user.role_granted",
            Self::RoleRevoked { .. } => "user.role_revoked",
            Self::Deactivated { .. } => "user.deactivated",
            Self::PasswordResetRequested { .. } => "user.password_reset_requested",
        }
    }
}

impl UserEvent {
    /// Whose account it is.
    pub const fn user_id(&self) -> UserId {
        match self {
            Self::Registered { profile, .. } => profile.user_id,
            Self::ProfileChanged { user_id, .. }
            | Self::RoleGranted { user_id, .. }
            | Self::RoleRevoked { user_id, .. }
            | Self::Deactivated { user_id, .. }
            | Self::PasswordResetRequested { user_id, .. } => *user_id,
        }
    }
}

impl DomainEvent for UserEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        crate::event::VERSION.to_owned()
    }
}
