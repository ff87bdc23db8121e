//! `booking dev`: everything in one process, with its own Postgres and NATS, and something to book.

mod banner;
mod secrets;
mod tenants;

use std::path::{Path, PathBuf};
use std::time::Duration;

use booking_command_api::Parts;
use booking_projections::Positions;
use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::database::{self, DatabaseRole};
use crate::exit::Failure;
use crate::roles::{self, Running};
use crate::servers::{Nats, NatsOptions, Postgres, PostgresOptions, ServerFailure};
use crate::settings::{Asker, Settings};
use banner::Banner;
pub use secrets::{Secrets, key};
pub use tenants::{DEMO, all_stored, flights_of, found_all};

/// The database of development.
const DATABASE: &str = "booking";

/// How long the stream is waited for.
const STREAM_TRIES_MAX: u32 = 100;
const STREAM_PAUSE: Duration = Duration::from_millis(50);

/// How development is started.
#[derive(Debug, Args)]
pub struct DevArgs {
    /// Port of the API; the next free one when it is taken, any free one for 0
    #[arg(long, env = "PORT", default_value_t = 8_080)]
    port: u16,
    /// Sets the clock ahead, to see what a deadline does
    #[arg(long, default_value_t = 0)]
    clock_ahead_minutes: i64,
    /// Print one JSON object instead of text when ready
    #[arg(long)]
    json: bool,
}

/// Servers of our own, stopped when this is dropped.
struct Servers {
    _postgres: Option<Postgres>,
    _nats: Option<Nats>,
    database_url: String,
    /// For the relay, and for all others.
    nats_urls: (String, String),
}

/// Runs everything until it is stopped.
///
/// # Errors
/// When servers are missing, or something is wrong with the data folder.
pub async fn dev(args: DevArgs, data_dir: PathBuf) -> Result<(), Failure> {
    let secrets = Secrets::open(&data_dir)?;
    let (folder, for_servers) = (data_dir.clone(), secrets.clone());
    let servers = tokio::task::spawn_blocking(move || Servers::start(&folder, &for_servers))
        .await
        .map_err(|failure| Failure::Failed(failure.into()))??;
    let settings = servers.settings(&args, &secrets, given)?;
    secrets.remember(&data_dir, &settings)?;
    database::create(&settings.database_url).await?;
    database::migrate(&settings.database_url).await?;

    let shutdown = CancellationToken::new();
    let (running, parts) = start(&settings, &servers.nats_urls, &shutdown).await?;
    let sample = tenants::seed(&parts.journal, parts.clock.now()).await?;
    subscribers(&servers.nats_urls.1, &parts).await?;
    let listener = listen(args.port).await?;
    let banner = Banner::new(&listener, &settings, &secrets, &servers.nats_urls.1, &sample)?;
    let stop = roles::stop_signal();
    banner.print(args.json)?;
    roles::serve(listener, running, settings.edge, shutdown, stop).await
}

async fn start(
    settings: &Settings,
    (relay_url, engine_url): &(String, String),
    shutdown: &CancellationToken,
) -> Result<(Vec<Running>, Parts), Failure> {
    let positions = Positions::new();
    let callers = roles::callers(settings, DatabaseRole::Reader)?;
    let (commands, parts) = roles::command_api(settings, callers.clone(), shutdown).await?;
    let relay = roles::relay(settings, relay_url, shutdown).await?;
    let projections = roles::projections(settings, engine_url, positions.clone(), None, shutdown).await?;
    let reactors = roles::reactors(settings, engine_url, parts.journal.clone(), shutdown).await?;
    let queries = roles::query_api(settings, callers, positions, shutdown).await?;
    Ok((vec![commands, relay, projections, reactors, queries], parts))
}

/// Each tenant can read its events before anyone is told that all is ready. The relay makes the stream first.
async fn subscribers(nats_url: &str, parts: &Parts) -> Result<(), Failure> {
    let connection = roles::connect(nats_url, "booking dev").await?;
    let mut tries = 0;
    while let Err(failure) = roles::ensure_subscribers(&connection, &parts.reader).await {
        tries += 1;
        if STREAM_TRIES_MAX <= tries {
            return Err(failure);
        }
        tokio::time::sleep(STREAM_PAUSE).await;
    }
    Ok(())
}

async fn listen(port: u16) -> Result<TcpListener, Failure> {
    let ports = port..=port.saturating_add(if port == 0 { 0 } else { 100 });
    for port in ports {
        match TcpListener::bind(("127.0.0.1", port)).await {
            Ok(listener) => return Ok(listener),
            Err(failure) if failure.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(failure) => return Err(Failure::Failed(failure.into())),
        }
    }
    Err(Failure::Dependency(format!("no port from {port} on is free")))
}

impl Servers {
    fn start(data_dir: &Path, secrets: &Secrets) -> Result<Self, Failure> {
        let (postgres, database_url) = match given("DATABASE_URL") {
            Some(url) => (None, url),
            None => {
                let postgres =
                    Postgres::start(&PostgresOptions::new(data_dir.join("postgres"))).map_err(down)?;
                let url = postgres.url(DATABASE);
                (Some(postgres), url)
            }
        };
        let (nats, nats_urls) = match given("NATS_URL") {
            Some(url) => (None, (url.clone(), url)),
            None => {
                let nats =
                    Nats::start(&NatsOptions::new(data_dir.join("nats"), secrets.nats_config().text()));
                let nats = nats.map_err(down)?;
                let urls = secrets.nats_urls(nats.port());
                (Some(nats), urls)
            }
        };
        Ok(Self { _postgres: postgres, _nats: nats, database_url, nats_urls })
    }

    /// What the environment names counts; what it does not name, the folder has.
    fn settings(
        &self,
        args: &DevArgs,
        secrets: &Secrets,
        given: impl Fn(&str) -> Option<String>,
    ) -> Result<Settings, Failure> {
        let own = |text: &str| Some(text.to_owned());
        Settings::read(Asker::Dev, |name| match name {
            "BOOKING_ENV" => own("development"),
            "DATABASE_URL" => own(&self.database_url),
            "NATS_URL" => own(&self.nats_urls.1),
            "NATS_RELAY_URL" => own(&self.nats_urls.0),
            "PORT" => Some(args.port.to_string()),
            "AUTO_MIGRATE" => own("true"),
            "CLOCK_AHEAD_MINUTES" => Some(args.clock_ahead_minutes.to_string()),
            "JWT_SECRET" => {
                given(name).or_else(|| given("JWT_SECRET_KEY")).or_else(|| own(&secrets.jwt_secret))
            }
            "MASTER_KEY" => given(name).or_else(|| own(&secrets.master_key)),
            "DEFAULT_TENANT" => given(name).or_else(|| own(DEMO[0].subdomain)),
            "CHAIN_KEY" => given(name).or_else(|| own(&secrets.chain_key)),
            _ => given(name),
        })
    }
}

/// A variable of the environment, unless it is empty.
fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn down(failure: ServerFailure) -> Failure {
    Failure::dependency(&failure)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use booking_journal::MasterKey;

    use super::*;
    use crate::settings::Profile;

    fn settings(variables: &[(&str, &str)]) -> (Settings, Secrets) {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::open(folder.path()).unwrap();
        let nats_urls = ("nats://relay".to_owned(), "nats://engine".to_owned());
        let servers =
            Servers { _postgres: None, _nats: None, database_url: "postgres://own".to_owned(), nats_urls };
        let args = DevArgs { port: 0, clock_ahead_minutes: 5, json: false };
        let given = |name: &str| {
            let found = variables.iter().find(|(one, _)| *one == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        (servers.settings(&args, &secrets, given).unwrap(), secrets)
    }

    #[test]
    fn what_the_environment_names_counts() {
        let (secret, key) = ("0123456789012345678901234567890123456789", STANDARD.encode([7; 32]));
        let (settings, _) = settings(&[
            ("JWT_SECRET_KEY", secret),
            ("MASTER_KEY", &key),
            ("DATABASE_POOL_MAX", "3"),
            ("WORLD_FAMILIES_MAX", "400"),
            ("BOOKING_ENV", "production"),
        ]);
        assert_eq!(settings.jwt_secret.as_deref(), Some(secret));
        assert_eq!(fingerprint(&settings), MasterKey::new([7; 32]).fingerprint("a", &[b"b"]));
        assert_eq!((settings.pool_max, settings.families_max), (3, 400));
        assert_eq!(settings.profile, Profile::Development);
    }

    #[test]
    fn what_it_does_not_name_the_folder_has() {
        let (settings, secrets) = settings(&[]);
        let own = MasterKey::from_base64(&secrets.master_key).unwrap();
        assert!(settings.chain_key.is_some());
        assert_eq!(settings.jwt_secret.as_ref(), Some(&secrets.jwt_secret));
        assert_eq!(fingerprint(&settings), own.fingerprint("a", &[b"b"]));
        let urls = [Some("postgres://own"), Some("nats://engine"), Some("nats://relay")];
        let read = [
            Some(settings.database_url.as_str()),
            settings.nats_url.as_deref(),
            settings.nats_relay_url.as_deref(),
        ];
        assert_eq!(read, urls);
    }

    /// Keys are told apart by what they make; they are never shown.
    fn fingerprint(settings: &Settings) -> [u8; 32] {
        settings.master_key().unwrap().fingerprint("a", &[b"b"])
    }
}
