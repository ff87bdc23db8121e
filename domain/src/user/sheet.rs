//! A user as answers show it, folded from its events.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Grant, Profile, UserEvent};

/// Whether a user may do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    Active,
    Deactivated,
}

/// All that its events have said; personal texts still sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = User)]
pub struct UserSheet {
    #[serde(flatten)]
    pub profile: Profile,
    pub status: UserStatus,
    pub roles: Vec<Grant>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Sequence of the last event.
    pub version: i64,
}

impl UserSheet {
    /// The sheet after one more event; none while nobody has registered.
    pub fn after(before: Option<Self>, event: &UserEvent, sequence: i64) -> Option<Self> {
        let mut sheet = match (before, event) {
            (Some(sheet), _) => sheet,
            (None, UserEvent::Registered { profile, roles, registered_at }) => Self {
                profile: profile.clone(),
                status: UserStatus::Active,
                roles: roles.clone(),
                created_at: *registered_at,
                updated_at: *registered_at,
                version: sequence,
            },
            (
                None,
                UserEvent::ProfileChanged { .. }
                | UserEvent::RoleGranted { .. }
                | UserEvent::RoleRevoked { .. }
                | UserEvent::Deactivated { .. }
                | UserEvent::PasswordResetRequested { .. },
            ) => return None,
        };
        sheet.take_in(event);
        sheet.version = sequence;
        Some(sheet)
    }

    fn take_in(&mut self, event: &UserEvent) {
        match event {
            UserEvent::Registered { .. } | UserEvent::PasswordResetRequested { .. } => {}
            UserEvent::ProfileChanged { full_name, phone_number, changed_at, .. } => {
                if let Some(full_name) = full_name {
                    self.profile.full_name = full_name.clone();
                }
                if phone_number.is_some() {
                    self.profile.phone_number.clone_from(phone_number);
                }
                self.updated_at = *changed_at;
            }
            UserEvent::RoleGranted { grant, granted_at, .. } => {
                self.roles.retain(|held| held.role != grant.role);
                self.roles.push(grant.clone());
                self.updated_at = *granted_at;
            }
            UserEvent::RoleRevoked { role, revoked_at, .. } => {
                self.roles.retain(|held| held.role != *role);
                self.updated_at = *revoked_at;
            }
            UserEvent::Deactivated { deactivated_at, .. } => {
                self.status = UserStatus::Deactivated;
                self.roles.clear();
                self.updated_at = *deactivated_at;
            }
        }
    }
}
