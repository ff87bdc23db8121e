//! What somebody may be within a tenant.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A role within a tenant; `SuperAdmin` within all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the platform.
    SuperAdmin,
    /// Runs the business.
    Owner,
    /// Runs the own locations.
    Manager,
    /// Serves customers in the own calendar.
    Provider,
    /// Books.
    Customer,
    /// A program with a key; it may what its scopes name.
    Service,
}

impl Role {
    /// All of them, the mightiest first.
    pub const ALL: [Self; 6] =
        [Self::SuperAdmin, Self::Owner, Self::Manager, Self::Provider, Self::Customer, Self::Service];

    /// As in tokens and requests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Provider => "provider",
            Self::Customer => "customer",
            Self::Service => "service",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no role {0}; there are super_admin, owner, manager, provider, customer, service")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    /// Takes `admin` for owner, too.
    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        let word = if word == "admin" { Self::Owner.name() } else { word };
        let role = Self::ALL.into_iter().find(|role| role.name() == word);
        role.ok_or_else(|| UnknownRole(word.chars().take(40).collect()))
    }
}

/// A set of roles.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Role>", into = "Vec<Role>")]
pub struct Roles(u8);

impl Roles {
    /// Whether this role is among them.
    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether one of these is among them.
    pub fn has_any(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }

    /// The roles, the mightiest first.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().fold(0, |bits, role| bits | role.bit()))
    }
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Self(role.bit())
    }
}

impl From<Vec<Role>> for Roles {
    fn from(roles: Vec<Role>) -> Self {
        roles.into_iter().collect()
    }
}

impl From<Roles> for Vec<Role> {
    fn from(roles: Roles) -> Self {
        roles.iter().collect()
    }
}

impl std::fmt::Debug for Roles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_read_as_it_is_written() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
            assert_eq!(Roles::from(role).iter().collect::<Vec<_>>(), [role]);
        }
        assert_eq!("admin".parse(), Ok(Role::Owner));
        assert_eq!("Owner".parse::<Role>(), Err(UnknownRole("Owner".into())));
    }

    #[test]
    fn a_set_of_roles_is_a_list_on_the_wire() {
        let roles: Roles = serde_json::from_str(r#"["customer", "manager", "customer"]"#).unwrap();

        assert_eq!(serde_json::to_string(&roles).unwrap(), r#"["manager","customer"]"#);
        assert!(roles.has(Role::Manager) && !roles.has(Role::Owner));
        assert!(roles.has_any(&[Role::Owner, Role::Customer]) && !roles.has_any(&[]));
    }
}
