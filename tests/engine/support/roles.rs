//! Every role as a process of its own, on servers of their own: each can be killed alone.

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use booking::database;
use booking::dev::DEMO;
use booking::servers::{Nats, Postgres, PostgresOptions};
use booking::tools::token::mint;
use booking_domain::values::UserId;
use booking_http::{Role, Tokens};
use booking_nats::config::{ENGINE_USER, RELAY_USER, Secret, ServerConfig};
use chrono::{Days, TimeDelta, Utc};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use sqlx::PgPool;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use uuid::Uuid;

use super::process::{Caller, folder};
use super::said::Said;

const DATABASE: &str = "booking";
/// Within the folder.
const LOGS: &str = "logs";
const RELAY_PASSWORD: &str = "relay-relay-relay";
const ENGINE_PASSWORD: &str = "engine-engine-engine";
const JWT_SECRET: &str = "only-for-tests-only-for-tests-only-for-tests-only-for-tests-0123456789";
/// 32 bytes.
const MASTER_KEY: &str = "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMDA=";
/// The longest that anything is waited for, on however busy a machine.
const WITHIN: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(20);
/// Days until the flights depart, so that all of them are on sale.
const DAYS_AHEAD: u64 = 5;

static PROCESSES: AtomicUsize = AtomicUsize::new(0);

/// A Postgres and a nats-server with the schema, and where processes find them.
pub struct Engine {
    pub postgres: Postgres,
    pub nats: Nats,
    /// Of the processes' logs, and of a durable Postgres. Goes after the servers.
    pub folder: TempDir,
}

/// A role that runs, or ran and may again on the same port. Killed when dropped.
pub struct RoleProcess {
    name: String,
    log: PathBuf,
    command: Command,
    child: Child,
    pub url: String,
}

impl Engine {
    pub async fn start() -> Self {
        let engine = Self::on(|_| Postgres::throwaway().unwrap()).await;
        engine.migrate().await;
        engine
    }

    /// On a Postgres that is as durable as in production, and without a database yet: see
    /// [`migrate`](Self::migrate).
    pub async fn durable() -> Self {
        Self::on(|folder| Postgres::start(&PostgresOptions::new(folder.join("postgres"))).unwrap()).await
    }

    async fn on(postgres: impl FnOnce(&Path) -> Postgres + Send + 'static) -> Self {
        let start = || {
            let folder = folder();
            let nats = Nats::throwaway(&nats_config().text()).unwrap();
            fs::create_dir(folder.path().join(LOGS)).unwrap();
            Self { postgres: postgres(folder.path()), nats, folder }
        };
        tokio::task::spawn_blocking(start).await.unwrap()
    }

    /// Makes the database unless it is there, and its schema.
    pub async fn migrate(&self) {
        database::create(&self.database_url()).await.unwrap();
        self.run(&["migrate"]).await.succeeded();
    }

    /// With flights of one day to book on: some hundred events.
    pub async fn with_flights() -> Self {
        Self::with_flights_of(1).await
    }

    pub async fn with_flights_of(days: u64) -> Self {
        let engine = Self::start().await;
        engine.seed(0, days).await;
        engine
    }

    /// Schedules the flights of some more days.
    pub async fn seed(&self, from_day: u64, days: u64) -> Value {
        let from = Utc::now().date_naive() + Days::new(DAYS_AHEAD + from_day);
        let (from, days) = (from.to_string(), days.to_string());
        self.run(&["seed", "--days", &days, "--from", &from]).await.succeeded().json()
    }

    pub fn database_url(&self) -> String {
        self.postgres.url(DATABASE)
    }

    /// All rights.
    pub async fn owner(&self) -> PgPool {
        database::owner(&self.database_url()).await.unwrap()
    }

    /// For the user that publishes events.
    pub fn relay_url(&self) -> String {
        format!("nats://{RELAY_USER}:{RELAY_PASSWORD}@127.0.0.1:{}", self.nats.port())
    }

    /// For the user that reads them.
    pub fn engine_url(&self) -> String {
        format!("nats://{ENGINE_USER}:{ENGINE_PASSWORD}@127.0.0.1:{}", self.nats.port())
    }

    pub async fn command_api(&self) -> RoleProcess {
        self.role(&["command-api"], None).await
    }

    pub async fn query_api(&self) -> RoleProcess {
        self.role(&["query-api"], None).await
    }

    pub async fn relay(&self) -> RoleProcess {
        self.role(&["relay"], Some(self.relay_url())).await
    }

    pub async fn projections(&self) -> RoleProcess {
        self.role(&["projections"], Some(self.engine_url())).await
    }

    /// With a clock so many minutes ahead of all others'.
    pub async fn reactors(&self, minutes_ahead: &str) -> RoleProcess {
        let mut role = self.unready_role(&["reactors"], &[("CLOCK_AHEAD_MINUTES", minutes_ahead)]);
        role.await_ready().await;
        role
    }

    async fn role(&self, arguments: &[&str], nats_url: Option<String>) -> RoleProcess {
        let nats_url = nats_url.as_deref().map(|url| ("NATS_URL", url));
        let mut role = self.unready_role(arguments, nats_url.as_slice());
        role.await_ready().await;
        role
    }

    /// With some variables changed. Nobody has waited for it.
    pub fn unready_role(&self, arguments: &[&str], variables: &[(&str, &str)]) -> RoleProcess {
        let port = free_port();
        let mut command = self.command(arguments);
        // Every crate's messages, so that a search for what must not be said finds it.
        command.env("PORT", port.to_string()).env("LOG_LEVEL", "debug,booking=debug");
        command.envs(variables.iter().copied());
        let number = PROCESSES.fetch_add(1, Ordering::Relaxed);
        let log = self.folder.path().join(LOGS).join(format!("{number}-{}.log", arguments[0]));
        let file = File::options().create(true).append(true).open(&log).unwrap();
        command.stdout(Stdio::null()).stderr(file);
        let child = command.spawn().unwrap();
        let (name, url) = (arguments.join(" "), format!("http://127.0.0.1:{port}"));
        RoleProcess { name, log, command, child, url }
    }

    /// Runs a tool to its end.
    pub async fn run(&self, arguments: &[&str]) -> Said {
        Said::from(self.command(arguments).output().await.unwrap())
    }

    /// The same with some variables changed.
    pub async fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        Said::from(command.output().await.unwrap())
    }

    /// The program with the environment of this engine. It is killed when its process is dropped.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_booking"));
        command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
        command.env("DATABASE_URL", self.database_url()).env("NATS_URL", self.engine_url());
        command.env("NATS_RELAY_URL", self.relay_url());
        command.env("JWT_SECRET", JWT_SECRET).env("MASTER_KEY", MASTER_KEY).env("BOOKING_ENV", "development");
        for name in ["LOG_LEVEL", "LOG_FORMAT", "AUTO_MIGRATE", "DATA_DIR", "CLOCK_AHEAD_MINUTES"] {
            command.env_remove(name);
        }
        command
    }

    /// For some hours.
    pub fn token(role: Role, user: Uuid) -> String {
        let tokens = Tokens::new(JWT_SECRET.as_bytes()).unwrap();
        mint(&tokens, DEMO[0].id(), UserId::new(user), role, TimeDelta::hours(12))
    }

    /// What no log may say.
    pub fn secrets(&self) -> Vec<String> {
        let url = self.database_url();
        let (_, password) = url.split_once('@').unwrap().0.rsplit_once(':').unwrap();
        [password, RELAY_PASSWORD, ENGINE_PASSWORD, JWT_SECRET, MASTER_KEY].map(str::to_owned).to_vec()
    }

    /// What all processes have logged, one text each.
    pub fn logs(&self) -> Vec<(PathBuf, Vec<u8>)> {
        files(&self.folder.path().join(LOGS))
    }

    /// The journal's last position.
    pub async fn head(&self) -> i64 {
        let owner = self.owner().await;
        sqlx::query_scalar("select coalesce(max(position), 0) from journal.event")
            .fetch_one(&owner)
            .await
            .unwrap()
    }

    /// The events as `booking replay` prints them.
    pub async fn replay(&self, arguments: &[&str]) -> Vec<Value> {
        let all: Vec<&str> = ["replay"].iter().chain(arguments).copied().collect();
        let said = self.run(&all).await.succeeded();
        said.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub fn kill_postgres(&mut self) {
        tokio::task::block_in_place(|| self.postgres.kill()).unwrap();
    }

    pub fn restart_postgres(&mut self) {
        tokio::task::block_in_place(|| self.postgres.restart()).unwrap();
    }

    pub fn kill_nats(&mut self) {
        tokio::task::block_in_place(|| self.nats.kill()).unwrap();
    }

    /// Its streams are gone, and it does not run.
    pub fn wipe_nats(&mut self) {
        tokio::task::block_in_place(|| self.nats.wipe()).unwrap();
    }

    pub fn restart_nats(&mut self) {
        tokio::task::block_in_place(|| self.nats.restart()).unwrap();
    }
}

impl RoleProcess {
    pub fn as_user(&self, role: Role, user: Uuid) -> Caller {
        Caller::new(&self.url, &Engine::token(role, user))
    }

    /// What it has said so far, over all its lives.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// SIGKILL: it has no time for anything.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Starts one that has ended again, and waits for nothing.
    pub fn start(&mut self) {
        self.child = self.command.spawn().unwrap();
    }

    /// What it is told by its environment from its next start on.
    pub fn tell(&mut self, variable: &str, value: &str) {
        self.command.env(variable, value);
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    pub async fn is_ready(&self) -> bool {
        health(&format!("{}/health/ready", self.url)).await == Some(StatusCode::OK)
    }

    /// SIGTERM, as supervisors send it; how the process ended.
    pub async fn stop(&mut self) -> Option<i32> {
        self.signal("TERM").await;
        ended(&mut self.child).await
    }

    /// Starts it again, on the same port, and waits until it is ready.
    pub async fn restart(&mut self) {
        self.kill().await;
        self.start();
        self.await_ready().await;
    }

    /// `STOP` and `CONT` pause it with its connections open.
    pub async fn signal(&self, name: &str) {
        signal(&self.child, name).await;
    }

    pub async fn await_ready(&mut self) {
        let url = format!("{}/health/ready", self.url);
        let what = format!("{} is ready", self.name);
        eventually(&what, async || {
            assert!(self.child.try_wait().unwrap().is_none(), "{what}: it has ended");
            (health(&url).await == Some(StatusCode::OK)).then_some(())
        })
        .await;
    }

    /// Waits until the read models that a query API answers from show a position.
    pub async fn await_shown(&self, position: i64) {
        let (owner, at_least) = (self.as_user(Role::Owner, Uuid::new_v4()), format!("1.{position}"));
        for path in ["/api/v1/bookings?limit=1", "/api/v1/flights?limit=1"] {
            eventually(&format!("{path} shows position {position}"), async || {
                let headers = [("booking-min-position", at_least.as_str())];
                let answer = owner.try_call(Method::GET, path, None, &headers).await.ok()?;
                (answer.status == StatusCode::OK).then_some(())
            })
            .await;
        }
    }

    /// The process lives and says that it cannot do its work.
    pub async fn await_unready(&self) {
        let url = format!("{}/health/ready", self.url);
        let what = format!("{} says that it cannot work", self.name);
        eventually(&what, async || {
            (health(&url).await == Some(StatusCode::SERVICE_UNAVAILABLE)).then_some(())
        })
        .await;
    }
}

/// Asks again and again until there is an answer.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + WITHIN;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(POLL).await;
    }
}

/// Every file in a folder, and in those in it, with its bytes. One that goes away meanwhile is left out.
pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            found.push((path, bytes));
        }
    }
    found
}

/// Sends a signal to a process that runs.
pub async fn signal(child: &Child, name: &str) {
    let id = child.id().expect("it runs").to_string();
    let sent = Command::new("kill").args([format!("-{name}"), id]).status().await.unwrap();
    assert!(sent.success());
}

/// The exit code of a process that is about to end.
pub async fn ended(child: &mut Child) -> Option<i32> {
    tokio::time::timeout(WITHIN, child.wait()).await.expect("it ends").unwrap().code()
}

async fn health(url: &str) -> Option<StatusCode> {
    Some(reqwest::get(url).await.ok()?.status())
}

fn nats_config() -> ServerConfig {
    let secret = |text: &str| Secret::new(text).unwrap();
    ServerConfig {
        epoch: 1,
        place: None,
        relay_password: secret(RELAY_PASSWORD),
        engine_password: secret(ENGINE_PASSWORD),
        tenants: DEMO.iter().map(|demo| (demo.id(), secret("tenant-tenant-tenant"))).collect(),
    }
}

/// Below the ports that systems give to outgoing connections, and apart from those of the servers.
fn free_port() -> u16 {
    let chance = || 10_000 + u16::try_from(RandomState::new().hash_one(()) % 10_000).unwrap();
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port)).is_ok();
    std::iter::repeat_with(chance).take(1_000).find(is_free).expect("a free port")
}
