//! The two HTTP faces: commands go in at one, queries at the other.

use booking_command_api::{AccountSettings, Accounts, Parts, Theirs};
use booking_domain::user::User;
use booking_http::{ApiKeys, Callers, LookUpFailure, Standing};
use booking_journal::{Journal, Reader, StandingFailure, Vault};
use booking_projections::{Positions, QuerySettings};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::{Running, watch_journal, watch_postgres, watch_task};
use crate::contract;
use crate::database::{self, DatabaseRole};
use crate::exit::Failure;
use crate::metrics::{Pool, Watched};
use crate::settings::{Profile, Settings};

/// Connections on which it is looked up what accounts may: one look at one stream each, seldom.
const STANDING_CONNECTIONS: u32 = 2;

/// Connections on which it is looked up which bookings a customer has: for requests that are rare.
const THEIRS_CONNECTIONS: u32 = 4;

/// Tells who asks. The database role is the one that the process has anyway.
///
/// # Errors
/// When a setting is missing.
pub fn callers(settings: &Settings, role: DatabaseRole) -> Result<Callers, Failure> {
    let pool = database::pool(&settings.database_url, role, STANDING_CONNECTIONS)?;
    let (reader, keys) = (Reader::new(pool.clone()), ApiKeys::new(pool));
    let look_up = move |tenant, user_id| {
        let reader = reader.clone();
        let asked = async move { Ok(standing(&reader.user(tenant, user_id).await.map_err(unknown)?)) };
        Box::pin(asked) as booking_http::LookedUp
    };
    Ok(Callers::new(settings.tokens()?, Box::new(look_up), Some(keys)))
}

fn unknown(failure: StandingFailure) -> LookUpFailure {
    LookUpFailure(Box::new(failure))
}

fn standing(user: &User) -> Option<Standing> {
    match user {
        User::Absent | User::Deactivated => None,
        User::Active { grants, .. } => {
            let locations = grants.iter().flat_map(|grant| &grant.location_ids);
            let location_ids = locations.map(|location| location.uuid()).collect();
            Some(Standing { roles: grants.iter().map(|grant| grant.role).collect(), location_ids })
        }
    }
}

/// Takes commands, decides them and stores what they cause.
///
/// # Errors
/// When a setting is missing, or Postgres is out of reach.
pub async fn command_api(
    settings: &Settings,
    callers: Callers,
    shutdown: &CancellationToken,
) -> Result<(Running, Parts), Failure> {
    let pool = database::pool(&settings.database_url, DatabaseRole::Command, settings.pool_max)?;
    let reader = Reader::new(pool.clone());
    let epoch = reader.epoch().await?;
    let vault = vault(settings, pool.clone(), DatabaseRole::Command, shutdown)?;
    let (journal, task) = Journal::open(pool.clone(), settings.families_max, shutdown.clone());
    let (writer, task) = watch_task(task, "writer", shutdown.clone());
    let identity = account_settings(settings)?;
    let watched = Watched {
        writer: Some(journal.clone()),
        pools: vec![
            Pool { name: "command", pool: pool.clone() },
            Pool { name: "identity", pool: identity.pool.clone() },
        ],
        ..Watched::default()
    };
    let api_keys = ApiKeys::new(identity.pool.clone());
    let accounts = Accounts::open(identity, shutdown.clone());
    let clock = settings.clock;
    let theirs =
        Theirs::new(database::pool(&settings.database_url, DatabaseRole::Command, THEIRS_CONNECTIONS)?);
    let parts = Parts { journal, vault, reader, callers, accounts, api_keys, theirs, epoch, clock };
    let router = booking_command_api::command_api(parts.clone());
    let router = match settings.profile {
        Profile::Development => router.merge(booking_command_api::development_api(parts.clone())),
        Profile::Production => router,
    };
    let parts_of_health = vec![watch_journal(pool, epoch), writer];
    let contract = Some(contract::routes(settings.docs).router());
    let running = Running { router, contract, parts: parts_of_health, watched, tasks: vec![task] };
    Ok((running, parts))
}

/// A vault that hears of keys that other processes destroy, until `shutdown`.
fn vault(
    settings: &Settings,
    pool: PgPool,
    role: DatabaseRole,
    shutdown: &CancellationToken,
) -> Result<Vault, Failure> {
    let vault = Vault::new(pool, settings.master_key()?);
    let following = vault.clone().follow(database::pool(&settings.database_url, role, 1)?);
    tokio::spawn(shutdown.clone().run_until_cancelled_owned(following));
    Ok(vault)
}

fn account_settings(settings: &Settings) -> Result<AccountSettings, Failure> {
    Ok(AccountSettings {
        pool: database::pool(&settings.database_url, DatabaseRole::Identity, settings.pool_max)?,
        access_life: settings.access_life,
        refresh_life: settings.refresh_life,
        default_tenant: settings.default_tenant.clone(),
    })
}

/// Answers queries from the read models.
///
/// # Errors
/// When a setting is missing, or Postgres is out of reach.
pub async fn query_api(
    settings: &Settings,
    callers: Callers,
    positions: Positions,
    shutdown: &CancellationToken,
) -> Result<Running, Failure> {
    let pool = database::pool(&settings.database_url, DatabaseRole::Reader, settings.pool_max)?;
    let vault = vault(settings, pool.clone(), DatabaseRole::Reader, shutdown)?;
    let following = positions.clone().follow(pool.clone());
    tokio::spawn(shutdown.clone().run_until_cancelled_owned(following));
    let router = booking_projections::query_api(QuerySettings {
        pool: pool.clone(),
        vault,
        callers,
        positions,
        clock: settings.clock,
        chain_key: settings.chain_public_key.clone(),
    });
    let watched = Watched {
        read_models: Some(pool.clone()),
        pools: vec![Pool { name: "reader", pool: pool.clone() }],
        ..Watched::default()
    };
    let contract = Some(contract::routes(settings.docs).router());
    Ok(Running { router, contract, parts: vec![watch_postgres(pool, "read_models")], watched, tasks: vec![] })
}
