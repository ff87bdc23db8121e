//! Roles as they are asked for.

use booking_domain::user::Grant;
use booking_domain::values::{LocationId, Role};

use super::body::GrantBody;
use crate::check::{At, Checks, texts};

/// Most locations that a role is bound to.
pub const LOCATIONS_MAX: usize = 100;

/// The roles of a list: at least one, each once. `None` when something is wrong with them.
pub fn grants(checks: &mut Checks, at: At<'_>, list: Option<Vec<GrantBody>>) -> Option<Vec<Grant>> {
    let list = checks.present(at, list)?;
    if list.is_empty() || Role::ALL.len() < list.len() {
        let detail = format!("name 1 to {} roles", Role::ALL.len());
        checks.complain(at, if list.is_empty() { "INVALID_VALUE" } else { "TOO_MANY" }, detail);
        return None;
    }
    let (count, mut grants) = (list.len(), Vec::<Grant>::new());
    for (index, body) in list.into_iter().enumerate() {
        let at = at.index(index);
        let Some(grant) = grant(checks, at, body) else { continue };
        if grants.iter().any(|known| known.role == grant.role) {
            checks.complain(at.field("role"), "DUPLICATE_VALUE", "this role was named before");
        }
        grants.push(grant);
    }
    (grants.len() == count).then_some(grants)
}

fn grant(checks: &mut Checks, at: At<'_>, body: GrantBody) -> Option<Grant> {
    let role = checks.required(at.field("role"), body.role, |text| {
        text.parse::<Role>().map_err(|unknown| unknown.to_string().into())
    });
    let (at, named) = (at.field("location_ids"), body.location_ids.unwrap_or_default());
    if LOCATIONS_MAX < named.len() {
        checks.complain(at, "TOO_MANY", format!("at most {LOCATIONS_MAX} locations"));
        return None;
    }
    let count = named.len();
    let locations: Vec<LocationId> = named
        .iter()
        .enumerate()
        .filter_map(|(index, text)| checks.read(at.index(index), texts::id(text)))
        .collect();
    let location_ids = (locations.len() == count).then_some(locations)?;
    Some(Grant { role: role?, location_ids })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What is wrong with a list, or its roles.
    fn read(list: Value) -> Result<Vec<Role>, String> {
        let list = serde_json::from_value(list).unwrap();
        let mut checks = Checks::default();
        let grants = grants(&mut checks, At::Body.field("roles"), list);
        match checks.finish(grants) {
            Ok(grants) => Ok(grants.into_iter().map(|grant| grant.role).collect()),
            Err(problem) => Err(format!("{problem:?}")),
        }
    }

    #[test]
    fn roles_are_named_once_each() {
        assert_eq!(
            read(json!([{"role": "owner"}, {"role": "customer"}])),
            Ok(vec![Role::Owner, Role::Customer])
        );
        assert_eq!(read(json!([{"role": "admin"}])), Ok(vec![Role::Owner]), "as the sources call it");
        let id = "51ef0709-4f51-5854-8b15-f95d2686db84";
        assert_eq!(read(json!([{"role": "manager", "location_ids": [id]}])), Ok(vec![Role::Manager]));
        for (list, complaint) in [
            (json!(null), "MISSING_FIELD"),
            (json!([]), "INVALID_VALUE"),
            (json!([{}]), "MISSING_FIELD"),
            (json!([{"role": "king"}]), "INVALID_VALUE"),
            (json!([{"role": "owner"}, {"role": "owner"}]), "DUPLICATE_VALUE"),
            (json!([{"role": "manager", "location_ids": ["here"]}]), "INVALID_VALUE"),
            (json!([{"role": "manager", "location_ids": vec![id; LOCATIONS_MAX + 1]}]), "TOO_MANY"),
            (json!(vec![json!({"role": "owner"}); 7]), "TOO_MANY"),
        ] {
            let wrong = read(list.clone()).unwrap_err();
            assert!(wrong.contains(complaint), "{list}: {wrong}");
        }
    }
}
