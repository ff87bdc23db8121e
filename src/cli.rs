//! The command line: one binary, every role and tool.

use std::io::Write;
use std::path::PathBuf;

use booking_journal::Reader;
use booking_projections::{Model, Positions};
use clap::{Parser, Subcommand};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::bench::{self, BenchArgs, BuyersArgs, LoadArgs, StockArgs};
use crate::contract;
use crate::database::{self, DatabaseRole};
use crate::dev::{self, DevArgs, Secrets};
use crate::exit::Failure;
use crate::logs;
use crate::roles::{self, Running};
use crate::schema;
use crate::settings::{self, Asker, Settings};
use crate::tools::migrate::MigrateVerb;
use crate::tools::{backup, doctor, migrate, rebuild, rekey, replay, restore, seed, token, user, verify};

/// An event-sourced booking engine.
#[derive(Debug, Parser)]
#[command(name = "booking", version, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    command: Verb,
    /// Folder of a `booking dev` whose servers and secrets tools use, where the environment names none
    #[arg(long, env = "DATA_DIR", default_value = ".data", global = true)]
    data_dir: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Everything in one process, with its own Postgres and NATS
    Dev(DevArgs),
    /// Role: takes commands over HTTP
    CommandApi,
    /// Role: answers queries over HTTP
    QueryApi,
    /// Role: copies the journal into JetStream
    Relay,
    /// Role: builds the read models
    Projections {
        /// One read model alone
        #[arg(long)]
        only: Option<String>,
    },
    /// Role: does what is to be done about events, and when: ends bookings that are not paid in time, sees to those on flights that have changed
    Reactors,
    /// Prints every setting: name, default, who reads it, what it means
    Settings {
        /// As a file of variables, with all that has a default commented out
        #[arg(long)]
        env: bool,
    },
    /// Prints the OpenAPI document
    Openapi,
    /// Brings the schema to the newest version; `revert` takes the newest migration back, `status` says how it stands
    Migrate {
        #[command(subcommand)]
        verb: Option<MigrateVerb>,
    },
    /// Registers the demo businesses and schedules flights
    Seed(seed::SeedArgs),
    /// Prints a token
    Token(TokenOutput),
    /// Users, for whoever runs the engine
    #[command(subcommand)]
    User(user::UserVerb),
    /// Prints the journal as JSON lines
    Replay(replay::ReplayArgs),
    /// Folds the whole journal and checks what must be true of it and of the read models
    Verify(verify::VerifyArgs),
    /// Makes a read model anew from the journal, beside the one in use, verifies it, and puts it in place. Bookings,
    /// projections and queries go on. Needs the login that migrates
    Rebuild(rebuild::RebuildArgs),
    /// Wraps the keys of all persons under another master key, with all roles stopped. Begun again, it goes on. Needs
    /// the login that migrates
    Rekey(rekey::RekeyArgs),
    /// Writes the database as it is at one moment to two files, the keys apart. Needs a login that may read all
    Backup(backup::BackupArgs),
    /// Restores a backup into an empty database as a new epoch, and verifies it. Needs the login that migrates
    Restore(restore::RestoreArgs),
    /// Looks whether Postgres, NATS and the stream are as they should be
    Doctor(doctor::DoctorArgs),
    /// Measures how fast bookings are placed, beside cqrs-es and postgres-es as they are shipped
    Bench(BenchArgs),
    /// Places bookings on a running engine, as many customers at once
    Load(Box<LoadArgs>),
    /// What `bench` compares with
    #[command(hide = true)]
    BenchBaseline(StockArgs),
    /// Whom `bench` lets fight for few places
    #[command(hide = true)]
    BenchBuyers(BuyersArgs),
}

#[derive(Debug, clap::Args)]
struct TokenOutput {
    #[command(flatten)]
    args: token::TokenArgs,
    /// Print {"access_token": ...}
    #[arg(long)]
    json: bool,
}

impl Cli {
    /// Does what was asked for.
    ///
    /// # Errors
    /// A [`Failure`], which says how the process ends.
    pub async fn run(self) -> Result<(), Failure> {
        if let Verb::Dev(args) = self.command {
            logs::start("info", "text")?;
            return dev::dev(args, self.data_dir).await;
        }
        if let Verb::Settings { env } = self.command {
            return print(if env { &settings::env_example } else { &settings::page });
        }
        if let Verb::Openapi = self.command {
            return print(&|| contract::text().to_owned());
        }
        if let Verb::Migrate { verb: Some(MigrateVerb::New { name }) } = &self.command {
            return migrate::begin(name);
        }
        let (asker, role) = (self.command.asker(), self.command.is_role());
        let logs = logs::start(if role { "info" } else { "warn" }, if role { "json" } else { "text" });
        let settings = self.settings(asker, role);
        if let Verb::Load(args) = self.command {
            logs?;
            return bench::load(*args, settings).await;
        }
        if let Verb::Bench(args) = self.command {
            logs?;
            return bench::bench(args, self.data_dir).await;
        }
        let settings = both(logs, settings)?;
        match self.command {
            Verb::Dev(_) | Verb::Settings { .. } | Verb::Openapi | Verb::Load(_) | Verb::Bench(_) => Ok(()),
            Verb::CommandApi | Verb::QueryApi | Verb::Relay | Verb::Projections { .. } | Verb::Reactors => {
                run_role(&settings, &self.command).await
            }
            Verb::Migrate { verb } => migrate::migrate(&settings, &verb.unwrap_or_default()).await,
            Verb::Seed(args) => seed::seed(&settings, &args).await,
            Verb::User(verb) => user::user(&settings, &verb).await,
            Verb::Token(output) => print_token(&settings, &output).await,
            Verb::Replay(args) => {
                let mut out = std::io::BufWriter::new(std::io::stdout().lock());
                let printed = replay::replay(&reader(&settings)?, &args, &mut out).await;
                read_enough(
                    printed.and_then(|()| out.flush().map_err(|failure| Failure::Failed(failure.into()))),
                )
            }
            Verb::Verify(args) => verify::verify(&settings, &args).await,
            Verb::Rebuild(args) => rebuild::rebuild(&settings, &args).await,
            Verb::Rekey(args) => rekey::rekey(&settings, &args).await,
            Verb::Backup(args) => backup::backup(&settings, &args).await,
            Verb::Restore(args) => restore::restore(&settings, &args).await,
            Verb::Doctor(args) => doctor::doctor(&settings, &args).await,
            Verb::BenchBaseline(args) => bench::stock(&settings, &args).await,
            Verb::BenchBuyers(args) => bench::buyers(&settings, args).await,
        }
    }

    /// A role is told everything by its environment; a tool may also be pointed at a development folder.
    fn settings(&self, asker: Asker, role: bool) -> Result<Settings, Failure> {
        let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        if role || given("DATABASE_URL").is_some() {
            return Settings::read(asker, given);
        }
        if !Secrets::are_in(&self.data_dir) {
            let folder = self.data_dir.display();
            return Err(Failure::Usage(format!(
                "DATABASE_URL is not set, and {folder} is no folder of a `booking dev`: start one, or name its folder \
                 with --data-dir"
            )));
        }
        Settings::read(asker, |name| told(name, given, |name| Secrets::variable(&self.data_dir, name)))
    }
}

/// A variable as the environment gives it, else as the folder remembers it. The folder's relay user is one of the
/// folder's nats-server, and unknown to any other.
fn told(
    name: &str,
    given: impl Fn(&str) -> Option<String>,
    remembered: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let elsewhere = name == "NATS_RELAY_URL" && given("NATS_URL").is_some();
    given(name).or_else(|| if elsewhere { None } else { remembered(name) })
}

/// What is wrong with the logs is said together with all that is wrong with the settings.
fn both(logs: Result<(), Failure>, settings: Result<Settings, Failure>) -> Result<Settings, Failure> {
    match (logs, settings) {
        (Ok(()), settings) => settings,
        (Err(one), Err(Failure::Usage(others))) => Err(Failure::Usage(format!("{one}\n{others}"))),
        (Err(one), Ok(_) | Err(_)) => Err(one),
    }
}

fn print(text: &dyn Fn() -> String) -> Result<(), Failure> {
    let printed = write!(std::io::stdout().lock(), "{}", text());
    read_enough(printed.map_err(|failure| Failure::Failed(failure.into())))
}

/// Whoever reads no further has seen enough: that is no failure.
fn read_enough(printed: Result<(), Failure>) -> Result<(), Failure> {
    printed.or_else(|failure| if failure.is_unread() { Ok(()) } else { Err(failure) })
}

impl Verb {
    /// As whom it asks for settings.
    const fn asker(&self) -> Asker {
        match self {
            Self::CommandApi => Asker::CommandApi,
            Self::QueryApi => Asker::QueryApi,
            Self::Relay => Asker::Relay,
            Self::Projections { .. } => Asker::Projections,
            Self::Reactors => Asker::Reactors,
            Self::Token(_) => Asker::Token,
            Self::Doctor(_) => Asker::Doctor,
            Self::Dev(_) => Asker::Dev,
            Self::Settings { .. }
            | Self::Openapi
            | Self::Migrate { .. }
            | Self::Seed(_)
            | Self::User(_)
            | Self::Replay(_)
            | Self::Verify(_)
            | Self::Rebuild(_)
            | Self::Rekey(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Bench(_)
            | Self::BenchBaseline(_)
            | Self::BenchBuyers(_)
            | Self::Load(_) => Asker::Tool,
        }
    }

    const fn is_role(&self) -> bool {
        match self {
            Self::CommandApi
            | Self::QueryApi
            | Self::Relay
            | Self::Projections { .. }
            | Self::Reactors
            | Self::BenchBaseline(_) => true,
            Self::Dev(_)
            | Self::Settings { .. }
            | Self::Openapi
            | Self::Migrate { .. }
            | Self::Seed(_)
            | Self::Token(_)
            | Self::User(_)
            | Self::Replay(_)
            | Self::Verify(_)
            | Self::Rebuild(_)
            | Self::Rekey(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Doctor(_)
            | Self::Bench(_)
            | Self::BenchBuyers(_)
            | Self::Load(_) => false,
        }
    }
}

async fn run_role(settings: &Settings, command: &Verb) -> Result<(), Failure> {
    if settings.auto_migrate {
        database::migrate(&settings.database_url).await?;
    }
    schema_fits(settings).await?;
    let shutdown = CancellationToken::new();
    let running = start_role(settings, command, &shutdown).await?;
    let listener = TcpListener::bind(("0.0.0.0", settings.port)).await;
    let listener = listener.map_err(|failure| Failure::Failed(failure.into()))?;
    let address = listener.local_addr().map_err(|failure| Failure::Failed(failure.into()))?;
    let stop = roles::stop_signal();
    tracing::info!(%address, "serving on {address}");
    roles::serve(listener, vec![running], settings.edge.clone(), shutdown, stop).await
}

/// Postgres may be away for now: whoever needs it at its start says so.
async fn schema_fits(settings: &Settings) -> Result<(), Failure> {
    let looked = async { schema::fits(&database::owner(&settings.database_url).await?).await };
    match looked.await {
        Err(Failure::Dependency(_)) => Ok(()),
        looked => looked,
    }
}

async fn start_role(
    settings: &Settings,
    command: &Verb,
    shutdown: &CancellationToken,
) -> Result<Running, Failure> {
    match command {
        Verb::CommandApi => {
            let callers = roles::callers(settings, DatabaseRole::Command)?;
            Ok(roles::command_api(settings, callers, shutdown).await?.0)
        }
        Verb::QueryApi => {
            let callers = roles::callers(settings, DatabaseRole::Reader)?;
            roles::query_api(settings, callers, Positions::new(), shutdown).await
        }
        Verb::Relay => roles::relay(settings, settings.nats_url()?, shutdown).await,
        Verb::Projections { only } => {
            let named = |name: &str| {
                let names = Model::ALL.map(Model::name).join(", ");
                Model::named(name).ok_or_else(|| Failure::Usage(format!("--only: there are {names}")))
            };
            let only = only.as_deref().map(named).transpose()?;
            roles::projections(settings, settings.nats_url()?, Positions::new(), only, shutdown).await
        }
        Verb::Reactors => roles::reactors_alone(settings, settings.nats_url()?, shutdown).await,
        Verb::Dev(_)
        | Verb::Settings { .. }
        | Verb::Openapi
        | Verb::Migrate { .. }
        | Verb::Seed(_)
        | Verb::Token(_)
        | Verb::User(_)
        | Verb::Replay(_)
        | Verb::Verify(_)
        | Verb::Rebuild(_)
        | Verb::Rekey(_)
        | Verb::Backup(_)
        | Verb::Restore(_)
        | Verb::Doctor(_)
        | Verb::Bench(_)
        | Verb::Load(_)
        | Verb::BenchBuyers(_)
        | Verb::BenchBaseline(_) => Err(Failure::Usage("this is no role".to_owned())),
    }
}

async fn print_token(settings: &Settings, output: &TokenOutput) -> Result<(), Failure> {
    let token = token::token(&settings.tokens()?, &reader(settings)?, &output.args).await?;
    let line = if output.json { serde_json::json!({ "access_token": token }).to_string() } else { token };
    writeln!(std::io::stdout().lock(), "{line}").map_err(|failure| Failure::Failed(failure.into()))
}

fn reader(settings: &Settings) -> Result<Reader, Failure> {
    Ok(Reader::new(database::pool(&settings.database_url, DatabaseRole::Reader, 2)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folders_relay_user_is_not_for_another_nats_server() {
        let of = |text: &str| Some(text.to_owned());
        let relay_url = |url: Option<&str>, relay_url: Option<&str>| {
            let given = |name: &str| match name {
                "NATS_URL" => url.map(ToOwned::to_owned),
                "NATS_RELAY_URL" => relay_url.map(ToOwned::to_owned),
                _ => None,
            };
            told("NATS_RELAY_URL", given, |name| of(&format!("folder's {name}")))
        };
        assert_eq!(relay_url(None, None), of("folder's NATS_RELAY_URL"));
        assert_eq!(relay_url(Some("nats://there"), None), None, "then NATS_URL stands in");
        assert_eq!(relay_url(Some("nats://there"), Some("nats://relay")), of("nats://relay"));
    }
}
