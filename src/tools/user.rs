//! `booking user create`: the first super_admin or owner, before there is anyone who could make one.

use std::io::Write;

use booking_command_api::{MakeUserFailure, Parts, WantedUser, make_user};
use booking_domain::values::TenantId;
use booking_http::Role;
use clap::{Args, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::database::DatabaseRole;
use crate::exit::Failure;
use crate::roles;
use crate::settings::Settings;

/// What can be done with users.
#[derive(Debug, Subcommand)]
pub enum UserVerb {
    /// Makes a user, and prints a password that is told this once
    Create(CreateArgs),
}

/// Which user is made.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// super_admin, owner, manager, provider or customer
    #[arg(long)]
    role: Role,
    #[arg(long)]
    email: String,
    /// Subdomain or id of the business within which the role is given
    #[arg(long, default_value = "acme")]
    tenant: String,
    #[arg(long, default_value = "Administrator")]
    full_name: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Does what was asked for with users.
///
/// # Errors
/// When a setting is missing, Postgres is out of reach, or the address has an account.
pub async fn user(settings: &Settings, verb: &UserVerb) -> Result<(), Failure> {
    let UserVerb::Create(args) = verb;
    if args.role == Role::Service {
        return Err(Failure::Usage("service is no role of people".to_owned()));
    }
    let shutdown = CancellationToken::new();
    let callers = roles::callers(settings, DatabaseRole::Command)?;
    let (running, parts) = roles::command_api(settings, callers, &shutdown).await?;
    let created = create(&parts, args).await;
    drop(parts);
    drop(running.router);
    shutdown.cancel();
    for task in running.tasks {
        drop(task.await);
    }
    writeln!(std::io::stdout().lock(), "{}", created?).map_err(|failure| Failure::Failed(failure.into()))
}

/// What is printed.
async fn create(parts: &Parts, args: &CreateArgs) -> Result<String, Failure> {
    let tenant = match args.tenant.parse::<TenantId>() {
        Ok(tenant) => Some(tenant),
        Err(_) => parts.reader.tenant_of(&args.tenant).await?,
    };
    let unknown = || Failure::Usage(format!("there is no business `{}`", args.tenant));
    let (email, full_name, role) = (args.email.clone(), args.full_name.clone(), args.role);
    let wanted = WantedUser { tenant: tenant.ok_or_else(unknown)?, email, full_name, role };
    let made = make_user(parts, wanted).await.map_err(|failure| match failure {
        MakeUserFailure::Wrong(_) => Failure::Usage(failure.to_string()),
        MakeUserFailure::Refused(_) => Failure::Failed(failure.into()),
    })?;
    if args.json {
        let json =
            serde_json::json!({"user_id": made.user_id, "email": args.email, "password": made.password});
        return Ok(json.to_string());
    }
    Ok(format!("{}\n{}", made.user_id, made.password))
}
