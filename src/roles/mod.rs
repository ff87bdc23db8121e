//! The roles that a process can have. Each is wired here, decides nothing, and reports its health.

mod faces;
mod workers;

use std::time::Duration;

use axum::Router;
use booking_http::health::{self, Part, Reporter};
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio::signal::unix::{self, SignalKind};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use faces::{command_api, query_api};
pub use workers::{connect, ensure_subscribers, projections, relay};

use crate::exit::Failure;

/// How often a role asks whether Postgres is there.
const PING_PAUSE_MS: u64 = 1_000;

/// A role that was started.
pub struct Running {
    /// Its routes; empty for a worker.
    pub router: Router,
    /// What its health is made of.
    pub parts: Vec<Part>,
    /// Ends after `shutdown`, when everything that was taken in is done.
    pub tasks: Vec<JoinHandle<()>>,
}

/// Serves roles on one port until `stop` says so, then lets them finish.
///
/// # Errors
/// When the port cannot be used.
pub async fn serve(
    listener: TcpListener,
    roles: Vec<Running>,
    shutdown: CancellationToken,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let (mut router, mut parts, mut tasks) = (Router::new(), vec![], vec![]);
    for role in roles {
        router = router.merge(role.router);
        parts.extend(role.parts);
        tasks.extend(role.tasks);
    }
    let served = booking_http::serve(listener, router.merge(health::router(parts)), stop).await;
    shutdown.cancel();
    for task in tasks {
        drop(task.await);
    }
    served.map_err(|failure| Failure::Failed(failure.into()))
}

/// Ends at Ctrl-C and SIGTERM. Either counts from this call on, so call it before anyone is told that all is
/// ready.
pub fn stop_signal() -> impl Future<Output = ()> + Send + 'static {
    let listen = |kind| unix::signal(kind).expect("a process may listen for its signals");
    let mut interrupt = listen(SignalKind::interrupt());
    let mut terminate = listen(SignalKind::terminate());
    async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

/// Reports whether Postgres answers, for as long as the process lives.
fn watch_postgres(pool: PgPool, name: &'static str) -> Part {
    let (reporter, part) = health::part(name);
    tokio::spawn(ping(pool, reporter));
    part
}

async fn ping(pool: PgPool, reporter: Reporter) {
    loop {
        match sqlx::query("select 1").execute(&pool).await {
            Ok(_) => reporter.up(),
            Err(_) => reporter.down("postgres does not answer"),
        }
        tokio::time::sleep(Duration::from_millis(PING_PAUSE_MS)).await;
    }
}
