//! `booking dev`: everything in one process, with its own Postgres and NATS, and something to book.

mod banner;
mod secrets;
mod tenants;

use std::path::{Path, PathBuf};
use std::time::Duration;

use booking_command_api::Parts;
use booking_http::Clock;
use booking_journal::MasterKey;
use booking_projections::Positions;
use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::database;
use crate::exit::Failure;
use crate::roles::{self, Running};
use crate::servers::{Nats, NatsOptions, Postgres, PostgresOptions, ServerFailure};
use crate::settings::{Profile, Settings};
use banner::Banner;
pub use secrets::Secrets;
pub use tenants::{DEMO, flights_of, found_all};

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
    let settings = servers.settings(&args, &secrets)?;
    secrets.remember(&data_dir, &settings)?;
    database::create(&settings.database_url).await?;
    database::migrate(&settings.database_url).await?;

    let shutdown = CancellationToken::new();
    let (running, parts) = start(&settings, &servers.nats_urls, &shutdown).await?;
    let sample = tenants::seed(&parts).await?;
    subscribers(&servers.nats_urls.1, &parts).await?;
    let listener = listen(args.port).await?;
    let banner = Banner::new(&listener, &settings, &secrets, &servers.nats_urls.1, &sample)?;
    let stop = roles::stop_signal();
    banner.print(args.json)?;
    roles::serve(listener, running, shutdown, stop).await
}

async fn start(
    settings: &Settings,
    (relay_url, engine_url): &(String, String),
    shutdown: &CancellationToken,
) -> Result<(Vec<Running>, Parts), Failure> {
    let positions = Positions::new();
    let (commands, parts) = roles::command_api(settings, shutdown).await?;
    let relay = roles::relay(settings, relay_url, shutdown).await?;
    let projections = roles::projections(settings, engine_url, positions.clone(), None, shutdown).await?;
    let queries = roles::query_api(settings, positions).await?;
    Ok((vec![commands, relay, projections, queries], parts))
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
        let given = |name: &str| std::env::var(name).ok().filter(|url| !url.is_empty());
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

    fn settings(&self, args: &DevArgs, secrets: &Secrets) -> Result<Settings, Failure> {
        let master_key = MasterKey::from_base64(&secrets.master_key);
        Ok(Settings {
            profile: Profile::Development,
            database_url: self.database_url.clone(),
            nats_url: Some(self.nats_urls.1.clone()),
            nats_relay_url: Some(self.nats_urls.0.clone()),
            port: args.port,
            jwt_secret: Some(secrets.jwt_secret.clone()),
            master_key: Some(master_key.map_err(|wrong| Failure::Failed(wrong.into()))?),
            pool_max: 8,
            families_max: booking_journal::FAMILIES_MAX,
            auto_migrate: true,
            clock: Clock::ahead_by_minutes(args.clock_ahead_minutes),
        })
    }
}

fn down(failure: ServerFailure) -> Failure {
    Failure::dependency(&failure)
}
