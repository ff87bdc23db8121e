use chrono::{DateTime, Utc};
use cqrs_es::{Aggregate, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use super::{Grant, Profile, UserEvent};
use crate::decide::Decide;
use crate::values::{CustomerId, Role, Sealed, UserId};

/// What may be asked of an account within a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserCommand {
    /// Makes it known to the tenant. One that is known already stays as it is, so that a registration that a crash
    /// cut short can be completed by whoever comes next.
    Register { profile: Profile, grants: Vec<Grant>, now: DateTime<Utc> },
    /// Changes what is named.
    ChangeProfile { full_name: Option<Sealed>, phone_number: Option<Sealed>, now: DateTime<Utc> },
    /// From now on exactly these roles, each named once.
    SetRoles { grants: Vec<Grant>, now: DateTime<Utc> },
    /// Ends all that it may do.
    Deactivate { now: DateTime<Utc> },
    /// Notes that a code was asked for.
    RequestPasswordReset { now: DateTime<Utc> },
}

/// Why a command on an account was turned down. Nothing is stored when it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserRefusal {
    #[error("there is no such user")]
    NotFound,
    #[error("this user was deactivated")]
    Deactivated,
}

impl UserRefusal {
    /// Stable, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "USER_NOT_FOUND",
            Self::Deactivated => "USER_DEACTIVATED",
        }
    }
}

/// What an account may be within a tenant. Its particulars are not needed to decide, and are not kept.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum User {
    /// Unknown to the tenant.
    #[default]
    Absent,
    /// Has these roles, each once.
    Active { user_id: UserId, customer_id: CustomerId, grants: Vec<Grant> },
    /// Has been active; may do nothing.
    Deactivated,
}

impl User {
    /// The roles that it has now; none unless it is active.
    pub fn grants(&self) -> &[Grant] {
        match self {
            Self::Absent | Self::Deactivated => &[],
            Self::Active { grants, .. } => grants,
        }
    }

    fn active(&self) -> Result<(UserId, CustomerId, &[Grant]), UserRefusal> {
        match self {
            Self::Absent => Err(UserRefusal::NotFound),
            Self::Active { user_id, customer_id, grants } => Ok((*user_id, *customer_id, grants)),
            Self::Deactivated => Err(UserRefusal::Deactivated),
        }
    }

    fn register(
        &self,
        profile: Profile,
        grants: Vec<Grant>,
        now: DateTime<Utc>,
    ) -> Result<Vec<UserEvent>, UserRefusal> {
        match self {
            Self::Absent => Ok(vec![UserEvent::Registered { profile, roles: grants, registered_at: now }]),
            Self::Active { .. } => Ok(vec![]),
            Self::Deactivated => Err(UserRefusal::Deactivated),
        }
    }

    fn change_profile(
        &self,
        full_name: Option<Sealed>,
        phone_number: Option<Sealed>,
        now: DateTime<Utc>,
    ) -> Result<Vec<UserEvent>, UserRefusal> {
        let (user_id, customer_id, _) = self.active()?;
        if full_name.is_none() && phone_number.is_none() {
            return Ok(vec![]);
        }
        let changed_at = now;
        Ok(vec![UserEvent::ProfileChanged { user_id, customer_id, full_name, phone_number, changed_at }])
    }

    /// First what is given, then what is taken away: nobody is without any role in between.
    fn set_roles(&self, wanted: Vec<Grant>, now: DateTime<Utc>) -> Result<Vec<UserEvent>, UserRefusal> {
        let (user_id, _, held) = self.active()?;
        let surplus = held.iter().map(|grant| grant.role);
        let surplus: Vec<Role> =
            surplus.filter(|role| wanted.iter().all(|grant| grant.role != *role)).collect();
        let missing = wanted.into_iter().filter(|grant| !held.contains(grant));
        let granted = missing.map(|grant| UserEvent::RoleGranted { user_id, grant, granted_at: now });
        let revoked =
            surplus.into_iter().map(|role| UserEvent::RoleRevoked { user_id, role, revoked_at: now });
        Ok(granted.chain(revoked).collect())
    }

    fn deactivate(&self, now: DateTime<Utc>) -> Result<Vec<UserEvent>, UserRefusal> {
        match self {
            Self::Absent => Err(UserRefusal::NotFound),
            Self::Active { user_id, .. } => {
                Ok(vec![UserEvent::Deactivated { user_id: *user_id, deactivated_at: now }])
            }
            Self::Deactivated => Ok(vec![]),
        }
    }

    fn request_password_reset(&self, now: DateTime<Utc>) -> Result<Vec<UserEvent>, UserRefusal> {
        let (user_id, ..) = self.active()?;
        Ok(vec![UserEvent::PasswordResetRequested { user_id, requested_at: now }])
    }
}

impl Decide for User {
    fn decide(&self, command: UserCommand) -> Result<Vec<UserEvent>, UserRefusal> {
        match command {
            UserCommand::Register { profile, grants, now } => self.register(profile, grants, now),
            UserCommand::ChangeProfile { full_name, phone_number, now } => {
                self.change_profile(full_name, phone_number, now)
            }
            UserCommand::SetRoles { grants, now } => self.set_roles(grants, now),
            UserCommand::Deactivate { now } => self.deactivate(now),
            UserCommand::RequestPasswordReset { now } => self.request_password_reset(now),
        }
    }

    fn evolve(&mut self, event: &UserEvent) {
        match (event, &mut *self) {
            (UserEvent::Registered { profile, roles, registered_at: _ }, Self::Absent) => {
                let (user_id, customer_id) = (profile.user_id, profile.customer_id);
                *self = Self::Active { user_id, customer_id, grants: roles.clone() };
            }
            (UserEvent::RoleGranted { grant, .. }, Self::Active { grants, .. }) => {
                grants.retain(|held| held.role != grant.role);
                grants.push(grant.clone());
            }
            (UserEvent::RoleRevoked { role, .. }, Self::Active { grants, .. }) => {
                grants.retain(|held| held.role != *role);
            }
            (UserEvent::Deactivated { .. }, Self::Active { .. }) => *self = Self::Deactivated,
            (
                UserEvent::Registered { .. }
                | UserEvent::RoleGranted { .. }
                | UserEvent::RoleRevoked { .. }
                | UserEvent::Deactivated { .. }
                | UserEvent::ProfileChanged { .. }
                | UserEvent::PasswordResetRequested { .. },
                Self::Absent | Self::Active { .. } | Self::Deactivated,
            ) => {}
        }
    }
}

impl Aggregate for User {
    const TYPE: &'static str = "user";
    type Command = UserCommand;
    type Event = UserEvent;
    type Error = UserRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: UserCommand,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), UserRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: UserEvent) {
        self.evolve(&event);
    }
}
