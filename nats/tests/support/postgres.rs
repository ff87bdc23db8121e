//! A throw-away Postgres with an empty journal.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tempfile::TempDir;

use super::free_port;

/// What the relay needs.
const SCHEMA: [&str; 2] = [
    include_str!("../../../migrations/0001_journal.sql"),
    include_str!("../../../migrations/0005_chain.sql"),
];

/// A cluster of its own; stopped when dropped.
pub struct Journal {
    pub pool: PgPool,
    child: Child,
    _directory: TempDir,
}

impl Journal {
    pub async fn start() -> Self {
        let directory = TempDir::new().unwrap();
        let cluster = directory.path().join("cluster");
        give_away(directory.path());
        let made = command("initdb")
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&cluster)
            .stdout(Stdio::null())
            .status();
        assert!(made.unwrap().success());
        let port = free_port();
        let child = serve(&cluster, port);
        let pool = pool(port).await;
        for schema in SCHEMA {
            sqlx::raw_sql(schema).execute(&pool).await.unwrap();
        }
        Self { pool, child, _directory: directory }
    }

    /// Appends `count` events, spread over `tenants` tenants numbered from 1. Returns the last position.
    pub async fn append(&self, count: i64, tenants: i64) -> i64 {
        sqlx::query(APPEND).bind(count).bind(tenants).execute(&self.pool).await.unwrap();
        sqlx::query("select pg_notify('journal', '')").execute(&self.pool).await.unwrap();
        sqlx::query_scalar("select max(position) from journal.event").fetch_one(&self.pool).await.unwrap()
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-QUIT", &id]).status().unwrap().success());
        self.child.wait().unwrap();
    }
}

async fn pool(port: u16) -> PgPool {
    let options =
        PgConnectOptions::new().host("127.0.0.1").port(port).username("postgres").database("postgres");
    for _try in 0..200 {
        if let Ok(pool) = PgPoolOptions::new().max_connections(20).connect_with(options.clone()).await {
            return pool;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("postgres did not start");
}

fn serve(cluster: &Path, port: u16) -> Child {
    command("postgres")
        .arg("-D")
        .arg(cluster)
        .args(["-p", &port.to_string(), "-c", "fsync=off", "-c", "unix_socket_directories="])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Postgres refuses to run as root.
fn command(program: &str) -> Command {
    let mut command = Command::new(binaries().join(program));
    if let Some((user, group)) = unprivileged() {
        command.uid(user).gid(group);
    }
    command
}

fn give_away(directory: &Path) {
    if let Some((user, group)) = unprivileged() {
        chown(directory, Some(user), Some(group)).unwrap();
    }
}

/// The user `postgres`, when we are root.
fn unprivileged() -> Option<(u32, u32)> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let is_root = status.lines().any(|line| line.starts_with("Uid:\t0\t"));
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = users.lines().find(|line| is_root && line.starts_with("postgres:"))?;
    let fields: Vec<&str> = user.split(':').collect();
    Some((fields[2].parse().unwrap(), fields[3].parse().unwrap()))
}

fn binaries() -> PathBuf {
    let mut versions: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").unwrap().map(|entry| entry.unwrap().path().join("bin")).collect();
    versions.retain(|bin| bin.join("initdb").exists());
    versions.sort();
    versions.pop().expect("install postgresql")
}

const APPEND: &str = r#"
    with head as (select coalesce(max(position), 0) as head from journal.event)
    insert into journal.event
    select 'booking', 'booking-' || n, 1, 'booking.created', '1',
           ('{"event_type":"booking.created" , "n":' || n || '}')::json,
           ('{"actor":{"kind":"customer","id":"00000000-0000-0000-0000-000000000001"},"correlation_id":"c-' || n
            || '","causation_id":null}')::json,
           n, gen_random_uuid(), lpad(to_hex(1 + n % $2), 32, '0')::uuid, clock_timestamp()
    from head, generate_series(head + 1, head + $1) n"#;
