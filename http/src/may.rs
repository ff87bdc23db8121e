//! Who may do what: one table, for both faces.
//!
//! Roles are within a tenant, and each row names all that may; nothing follows from another row. Whose things those
//! are is another question: customers see their own, which the routes look after ([`Caller::is_staff`]).

use booking_domain::values::Role;

use crate::{By, Caller, Problem, Scope};

/// Something that not everyone may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Look at bookings: customers at their own.
    ReadBookings,
    /// Place and cancel bookings: customers their own.
    Book,
    /// Do what only staff do with bookings.
    ServeCustomers,
    /// Archive bookings, and take up those that were cancelled.
    RunBookings,
    /// Look at flights and what is free on them.
    ReadFlights,
    /// Put flights on the timetable, take them off, open and close sales.
    ManageFlights,
    /// See and change the own particulars.
    OwnAccount,
    /// See the users of the business.
    ReadUsers,
    /// Make users, give and take roles, deactivate.
    ManageUsers,
    /// See, make and revoke keys of programs.
    ManageKeys,
    /// See all that is kept of a customer, and have it erased.
    ManagePrivacy,
    /// Read the business's events as they are stored, who did what, and the hash chain.
    ReadAudit,
    /// See how the engine itself works, for all businesses at once.
    RunPlatform,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    pub permission: Permission,
    /// Who may by role.
    pub roles: &'static [Role],
    /// The scope by which a program's key may; without one no key may.
    pub scope: Option<Scope>,
}

const CUSTOMERS: &[Role] = &[Role::Customer, Role::Provider, Role::Manager, Role::Owner, Role::SuperAdmin];
const STAFF: &[Role] = &[Role::Provider, Role::Manager, Role::Owner, Role::SuperAdmin];
const MANAGERS: &[Role] = &[Role::Manager, Role::Owner, Role::SuperAdmin];
const OWNERS: &[Role] = &[Role::Owner, Role::SuperAdmin];
const PLATFORM: &[Role] = &[Role::SuperAdmin];

/// The table.
pub const WHO_MAY: [Line; 13] = [
    Line { permission: Permission::ReadBookings, roles: CUSTOMERS, scope: Some(Scope::BookingsRead) },
    Line { permission: Permission::Book, roles: CUSTOMERS, scope: Some(Scope::BookingsWrite) },
    Line { permission: Permission::ServeCustomers, roles: STAFF, scope: Some(Scope::BookingsWrite) },
    Line { permission: Permission::RunBookings, roles: MANAGERS, scope: Some(Scope::BookingsWrite) },
    Line { permission: Permission::ReadFlights, roles: CUSTOMERS, scope: Some(Scope::FlightsRead) },
    Line { permission: Permission::ManageFlights, roles: OWNERS, scope: Some(Scope::FlightsWrite) },
    Line { permission: Permission::OwnAccount, roles: CUSTOMERS, scope: None },
    Line { permission: Permission::ReadUsers, roles: OWNERS, scope: Some(Scope::UsersRead) },
    Line { permission: Permission::ManageUsers, roles: OWNERS, scope: None },
    Line { permission: Permission::ManageKeys, roles: OWNERS, scope: None },
    Line { permission: Permission::ManagePrivacy, roles: OWNERS, scope: None },
    Line { permission: Permission::ReadAudit, roles: OWNERS, scope: None },
    Line { permission: Permission::RunPlatform, roles: PLATFORM, scope: None },
];

impl Permission {
    pub(crate) fn line(self) -> &'static Line {
        let line = WHO_MAY.iter().find(|line| line.permission == self);
        line.expect("the table has a line for each permission, which a test sees to")
    }
}

impl Caller {
    /// Whether the caller may do this.
    pub fn may(&self, permission: Permission) -> bool {
        let line = permission.line();
        match self.by {
            By::Secret | By::Session(_) => self.roles.has_any(line.roles),
            // Never more than the owner, who made it.
            By::Key(scopes) => {
                line.roles.contains(&Role::Owner) && line.scope.is_some_and(|scope| scopes.has(scope))
            }
        }
    }

    /// Lets only callers pass who may.
    ///
    /// # Errors
    /// 403 `FORBIDDEN` otherwise.
    pub fn must(&self, permission: Permission) -> Result<(), Problem> {
        if self.may(permission) {
            return Ok(());
        }
        let names: Vec<&str> = permission.line().roles.iter().map(|role| role.name()).collect();
        Err(Problem::forbidden(format!("this is for {} only", names.join(", "))))
    }

    /// Whether the caller may give or take this role: nobody gives what is above their own, and `service` is no
    /// role of people.
    pub fn may_grant(&self, role: Role) -> bool {
        match role {
            Role::Service => false,
            Role::SuperAdmin => self.roles.has(Role::SuperAdmin),
            Role::Owner | Role::Manager | Role::Provider | Role::Customer => {
                self.may(Permission::ManageUsers)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::Scopes;

    fn caller(role: Role) -> Caller {
        let (user_id, tenant) = (Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
        Caller { user_id, tenant, roles: role.into(), location_ids: vec![], by: By::Secret }
    }

    /// The page "Who may" again, written from the side of the roles.
    #[test]
    fn each_role_may_what_the_table_says_and_nothing_else() {
        use Permission::{
            Book, ManageFlights, ManageKeys, ManagePrivacy, ManageUsers, OwnAccount, ReadAudit, ReadBookings,
            ReadFlights, ReadUsers, RunBookings, RunPlatform, ServeCustomers,
        };
        let customer = [ReadBookings, Book, ReadFlights, OwnAccount].as_slice();
        let staff = [customer, &[ServeCustomers]].concat();
        let manager = [staff.as_slice(), &[RunBookings]].concat();
        let owners_own =
            [ManageFlights, ReadUsers, ManageUsers, ManageKeys, ManagePrivacy, ReadAudit].as_slice();
        let owner = [manager.as_slice(), owners_own].concat();
        let platform = [owner.as_slice(), &[RunPlatform]].concat();
        for (role, allowed) in [
            (Role::Customer, customer),
            (Role::Provider, &staff),
            (Role::Manager, &manager),
            (Role::Owner, &owner),
            (Role::SuperAdmin, &platform),
            (Role::Service, &[]),
        ] {
            for line in &WHO_MAY {
                let may = caller(role).may(line.permission);
                assert_eq!(may, allowed.contains(&line.permission), "{role:?} {:?}", line.permission);
                assert_eq!(caller(role).must(line.permission).is_ok(), may);
            }
        }
    }

    #[test]
    fn a_key_may_what_its_scopes_name_and_nothing_else() {
        use Permission::{
            Book, ManageFlights, ReadBookings, ReadFlights, ReadUsers, RunBookings, ServeCustomers,
        };
        let key = |scope| Caller { by: By::Key(Scopes::from_iter([scope])), ..caller(Role::Service) };
        for (scope, allowed) in [
            (Scope::BookingsRead, vec![ReadBookings]),
            (Scope::BookingsWrite, vec![Book, ServeCustomers, RunBookings]),
            (Scope::FlightsRead, vec![ReadFlights]),
            (Scope::FlightsWrite, vec![ManageFlights]),
            (Scope::UsersRead, vec![ReadUsers]),
        ] {
            let may = WHO_MAY.iter().map(|line| line.permission).filter(|one| key(scope).may(*one));
            assert_eq!(may.collect::<Vec<_>>(), allowed, "{scope:?}");
        }
        let all = Caller { by: By::Key(Scope::ALL.into_iter().collect()), ..caller(Role::Service) };
        assert!(!all.may(Permission::ManageKeys) && !all.may(Permission::ManageUsers));
        assert!(!all.may(Permission::RunPlatform));
        assert!(!all.may_grant(Role::Customer));
    }

    #[test]
    fn the_table_has_one_line_for_each_permission() {
        for line in &WHO_MAY {
            assert_eq!(WHO_MAY.iter().filter(|other| other.permission == line.permission).count(), 1);
        }
    }

    #[test]
    fn nobody_gives_more_than_they_have() {
        let rows = [
            (Role::Customer, vec![]),
            (Role::Manager, vec![]),
            (Role::Owner, vec![Role::Owner, Role::Manager, Role::Provider, Role::Customer]),
            (
                Role::SuperAdmin,
                vec![Role::SuperAdmin, Role::Owner, Role::Manager, Role::Provider, Role::Customer],
            ),
        ];
        for (role, given) in rows {
            let may: Vec<Role> =
                Role::ALL.into_iter().filter(|wanted| caller(role).may_grant(*wanted)).collect();
            assert_eq!(may, given, "{role:?}");
        }
    }
}
