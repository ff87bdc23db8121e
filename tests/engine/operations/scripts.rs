//! `make start` and its companions: every role as a process of its own.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::Command;

use crate::support::process::folder;
use crate::support::roles::Engine;
use crate::support::said::Said;

const ROLES: [&str; 5] = ["command-api", "query-api", "relay", "projections", "reactors"];

/// Where the script keeps what it knows. What still runs is stopped when this is dropped.
struct Run {
    folder: TempDir,
    port: u16,
}

impl Run {
    fn new() -> Self {
        Self { folder: folder(), port: free_ports() }
    }

    fn command(&self, engine: &Engine, arguments: &[&str]) -> Command {
        let as_of_a_role = engine.command(&[]);
        let told = as_of_a_role.as_std().get_envs().filter_map(|(name, value)| Some((name, value?)));
        let mut command = Command::new("scripts/roles");
        command.args(arguments).envs(told).stdin(Stdio::null());
        command.env("BOOKING", env!("CARGO_BIN_EXE_booking")).env("RUN_DIR", self.folder.path());
        command.env("PORT", self.port.to_string()).env_remove("ROLE").stderr(Stdio::piped());
        command
    }

    async fn says(&self, engine: &Engine, arguments: &[&str]) -> Said {
        Said::from(self.command(engine, arguments).output().await.unwrap())
    }

    async fn says_of(&self, engine: &Engine, role: &str, what: &str) -> Said {
        Said::from(self.command(engine, &[what]).env("ROLE", role).output().await.unwrap())
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        for role in ROLES {
            let id = std::fs::read_to_string(self.folder.path().join(format!("{role}.pid")));
            if let Ok(id) = id {
                drop(std::process::Command::new("kill").args(["-9", id.trim()]).status());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_is_started_looked_at_and_stopped() {
    let (engine, run) = (Engine::start().await, Run::new());

    let started = run.says(&engine, &["start"]).await.succeeded();
    assert_eq!(started.stdout.matches("is ready at").count(), ROLES.len(), "{started:?}");
    let again = run.says(&engine, &["start"]).await.succeeded();
    assert_eq!(again.stdout.matches("already runs").count(), ROLES.len(), "{again:?}");
    run.says(&engine, &["status"]).await.succeeded();
    let health = run.says(&engine, &["health"]).await.succeeded();
    assert_eq!(health.stdout.matches(r#""status":"ok""#).count(), ROLES.len(), "{health:?}");
    let logs = run.says_of(&engine, "relay", "logs").await.succeeded();
    assert!(logs.stdout.contains("serving on"), "{logs:?}");

    run.says_of(&engine, "relay", "stop").await.succeeded();
    let status = run.says(&engine, &["status"]).await.ended_with(1);
    assert!(status.stdout.contains("relay does not run"), "{status:?}");
    run.says_of(&engine, "relay", "restart").await.succeeded();
    run.says(&engine, &["status"]).await.succeeded();

    let stopped = run.says(&engine, &["stop"]).await.succeeded();
    assert_eq!(stopped.stdout.matches("has stopped").count(), ROLES.len(), "{stopped:?}");
    run.says(&engine, &["health"]).await.ended_with(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_and_nothing_is_left_running() {
    let (engine, run) = (Engine::start().await, Run::new());
    let refused = run.says_of(&engine, "cleaner", "start").await.ended_with(1);
    assert!(refused.stderr.contains("there are command-api query-api"), "{refused:?}");

    let mut command = run.command(&engine, &["start"]);
    let refused =
        Said::from(command.env("ROLE", "relay").env("DATABASE_POOL_MAX", "no").output().await.unwrap());

    assert!(refused.code == Some(1) && refused.stderr.contains("DATABASE_POOL_MAX"), "{refused:?}");
    let status = run.says_of(&engine, "relay", "status").await.ended_with(1);
    assert!(status.stdout.contains("does not run"), "{status:?}");
}

/// The first of some that follow each other.
fn free_ports() -> u16 {
    let is_free = |port| TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok();
    let first = |_| 12_000 + rand::random_range(0..800) * 10;
    (0..1_000).map(first).find(|first| (*first..first + 5).all(is_free)).expect("free ports")
}
