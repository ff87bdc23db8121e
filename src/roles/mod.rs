//! The roles that a process can have. Each is wired here, decides nothing, and reports its health.

mod faces;
mod reactors;
mod workers;

use std::time::Duration;

use axum::Router;
use booking_http::health::{self, Part, Reporter};
use booking_http::{Edge, Requests};
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio::signal::unix::{self, SignalKind};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

pub use faces::{callers, command_api, query_api};
pub use reactors::{reactors, reactors_alone};
pub use workers::{connect, ensure_subscribers, projections, relay};

use crate::exit::Failure;
use crate::metrics::{self, Metrics, Watched};

/// How long what was taken in may take to be done, once requests have ended (10 s more, like
/// [`booking_http::STOP_WITHIN`]).
const TASKS_WITHIN: Duration = Duration::from_secs(10);

/// The longest that connections to Postgres may take to close.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// How often a role asks whether Postgres is there.
const PING_PAUSE_MS: u64 = 1_000;

/// The longest that Postgres is waited for then: a connection that nobody answers on is given up, and the next try
/// has another.
const PING_WITHIN: Duration = Duration::from_secs(2);

/// A role that was started.
pub struct Running {
    /// Its routes; empty for a worker.
    pub router: Router,
    /// What a face shows of the contract; once is enough for a process that has both.
    pub contract: Option<Router>,
    /// What its health is made of.
    pub parts: Vec<Part>,
    /// What its metrics are made of.
    pub watched: Watched,
    /// Ends after `shutdown`, when everything that was taken in is done.
    pub tasks: Vec<JoinHandle<()>>,
}

/// Serves roles on one port until `stop` says so, then lets them finish: requests first, then what they left to
/// be done, each for ten seconds at most.
///
/// # Errors
/// When the port cannot be used.
pub async fn serve(
    listener: TcpListener,
    roles: Vec<Running>,
    edge: Edge,
    shutdown: CancellationToken,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let (mut router, mut parts, mut tasks) = (Router::new(), vec![], vec![]);
    let mut contract = None;
    let (mut watched, requests) = (Watched::default(), Requests::default());
    for role in roles {
        router = router.merge(role.router);
        contract = contract.or(role.contract);
        parts.extend(role.parts);
        tasks.extend(role.tasks);
        watched = watched.and(role.watched);
    }
    // What hangs on the routes, such as a writer's door, is held until it is told to end.
    let held = router.clone();
    let pools: Vec<PgPool> = watched.pools.iter().map(|pool| pool.pool.clone()).collect();
    let metrics = metrics::routes(Metrics { requests: requests.clone(), parts: parts.clone(), watched });
    let router = router.merge(health::routes(parts).and(metrics).router());
    let router = contract.into_iter().fold(router, Router::merge);
    let served = booking_http::serve(listener, router, edge, requests, stop).await;
    shutdown.cancel();
    drop(held);
    finish(tasks, TASKS_WITHIN).await;
    close(pools).await;
    served.map_err(|failure| Failure::Failed(failure.into()))
}

/// Leaves Postgres in good order. One that still lends a connection does not hold the process up.
async fn close(pools: Vec<PgPool>) {
    let all = async {
        for pool in pools {
            pool.close().await;
        }
    };
    // What is not closed by then, the end of the process closes.
    drop(tokio::time::timeout(CLOSE_WITHIN, all).await);
}

/// Waits for tasks, and says so when they take longer than all of them together may.
async fn finish(tasks: Vec<JoinHandle<()>>, within: Duration) {
    let all = async {
        for task in tasks {
            drop(task.await);
        }
    };
    if tokio::time::timeout(within, all).await.is_err() {
        tracing::warn!("stopped with work still under way after {} s", within.as_secs());
    }
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

/// The same for a journal, which must stay in the epoch in which this process began: what it has in memory and the
/// positions that it tells belong to that one.
fn watch_journal(pool: PgPool, epoch: i32) -> Part {
    let (reporter, part) = health::part("journal");
    tokio::spawn(stay_in(pool, epoch, reporter));
    part
}

/// Reports on a task that ends after `shutdown` only. One that ended before is down for good: a restart is needed.
fn watch_task(
    task: JoinHandle<()>,
    name: &'static str,
    shutdown: CancellationToken,
) -> (Part, JoinHandle<()>) {
    let (reporter, part) = health::part(name);
    reporter.up();
    let watching = tokio::spawn(async move {
        let ended = task.await;
        if !shutdown.is_cancelled() {
            let error = ended.err().map(|failure| failure.to_string());
            tracing::error!(error, "the task {name} ended before its time");
        }
        drop(reporter);
    });
    (part, watching)
}

async fn ping(pool: PgPool, reporter: Reporter) {
    loop {
        match timeout(PING_WITHIN, sqlx::query("select 1").execute(&pool)).await {
            Ok(Ok(_)) => reporter.up(),
            Ok(Err(_)) | Err(_) => reporter.down("postgres does not answer"),
        }
        tokio::time::sleep(Duration::from_millis(PING_PAUSE_MS)).await;
    }
}

async fn stay_in(pool: PgPool, epoch: i32, reporter: Reporter) {
    let mut is_known = false;
    loop {
        let asked = sqlx::query_scalar::<_, i32>("select epoch from journal.epoch").fetch_one(&pool);
        match timeout(PING_WITHIN, asked).await {
            Ok(Ok(found)) if found == epoch => reporter.up(),
            Ok(Ok(found)) => {
                reporter.down("the journal was restored as another epoch: restart this process");
                if !std::mem::replace(&mut is_known, true) {
                    tracing::error!(
                        epoch,
                        found,
                        "the journal is of epoch {found}, and this process of {epoch}"
                    );
                }
            }
            Ok(Err(_)) | Err(_) => reporter.down("postgres does not answer"),
        }
        tokio::time::sleep(Duration::from_millis(PING_PAUSE_MS)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// Whether a process with this part says that it is ready.
    async fn is_ready(part: &Part) -> bool {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/health/ready", listener.local_addr().unwrap());
        let routes = health::routes(vec![part.clone()]).router();
        let server = tokio::spawn(booking_http::serve(
            listener,
            routes,
            Edge::default(),
            Requests::default(),
            std::future::pending(),
        ));
        let answer = reqwest::get(url).await.unwrap();
        server.abort();
        answer.status() == 200
    }

    #[tokio::test]
    async fn a_task_that_ends_before_its_time_is_seen_in_health() {
        let (shutdown, (end, ended)) = (CancellationToken::new(), tokio::sync::oneshot::channel::<()>());
        let task = tokio::spawn(async { ended.await.expect("it breaks when nobody tells it to end") });
        let (part, watching) = watch_task(task, "writer", shutdown);
        assert!(is_ready(&part).await);

        drop(end);
        watching.await.unwrap();

        assert!(!is_ready(&part).await);
    }

    #[tokio::test]
    async fn a_task_that_never_ends_does_not_hold_the_process_for_ever() {
        let (within, begun) = (Duration::from_millis(20), Instant::now());
        let never = tokio::spawn(std::future::pending());
        finish(vec![tokio::spawn(async {}), never], within).await;
        assert!(within <= begun.elapsed());
    }
}
