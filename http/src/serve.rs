//! From a socket to framed routes, and to an orderly end.

use std::future::{Future, IntoFuture};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing::{debug, warn};

use crate::{Edge, Requests, framed};

/// How long requests may take to finish once the server is told to stop.
pub const STOP_WITHIN: Duration = Duration::from_secs(10);

/// Answers requests with these routes, [`framed`] and within an [`Edge`], until `shutdown` ends; then takes no more
/// connections and lets the requests under way finish, for at most [`STOP_WITHIN`]. What is answered is counted in
/// `requests`.
///
/// # Errors
/// When the socket fails. A connection that fails ends by itself.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    edge: Edge,
    requests: Requests,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            debug!("a connection was gone before it began: {error}");
        }
    });
    let (told, stopping) = oneshot::channel();
    let shutdown = async move {
        shutdown.await;
        // Nobody listens any more when the server has failed: then there is nothing to bound.
        let _ = told.send(());
    };
    let routes = edge.around(requests.of(framed(router))).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, routes).with_graceful_shutdown(shutdown);
    tokio::select! {
        ended = server.into_future() => ended,
        () = too_long(stopping) => Ok(()),
    }
}

async fn too_long(stopping: oneshot::Receiver<()>) {
    match stopping.await {
        Ok(()) => tokio::time::sleep(STOP_WITHIN).await,
        Err(_) => std::future::pending().await,
    }
    warn!("stopped with requests still under way after {} s", STOP_WITHIN.as_secs());
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::Notify;
    use tokio::task::JoinHandle;

    use super::*;

    /// A running server, the signal that its slow handlers have begun, and the one that stops it.
    async fn running(router: Router) -> (TcpStream, oneshot::Sender<()>, JoinHandle<io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(serve(listener, router, Edge::default(), Requests::default(), async {
            stopped.await.unwrap_or(())
        }));
        (TcpStream::connect(address).await.unwrap(), stop, server)
    }

    async fn ask(stream: &mut TcpStream, what: &str) {
        let request = format!("{what} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
    }

    async fn rest(mut stream: TcpStream) -> String {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn an_answer_over_the_wire_has_no_server_header() {
        let (mut stream, _stop, _server) = running(Router::new()).await;
        ask(&mut stream, "GET /").await;

        let answer = rest(stream).await.to_lowercase();

        assert!(answer.starts_with("http/1.1 404") && answer.contains("route_not_found"), "{answer}");
        assert!(!answer.contains("\r\nserver:"), "{answer}");
    }

    #[tokio::test]
    async fn a_head_request_is_answered_without_a_body() {
        let (mut stream, _stop, _server) = running(Router::new()).await;
        ask(&mut stream, "HEAD /").await;

        let answer = rest(stream).await;

        assert!(answer.starts_with("HTTP/1.1 404") && answer.ends_with("\r\n\r\n"), "{answer}");
    }

    #[tokio::test]
    async fn a_request_under_way_is_finished_before_the_server_stops() {
        let (begun, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (signal, wait) = (Arc::clone(&begun), Arc::clone(&release));
        let slow = get(async move || {
            signal.notify_one();
            wait.notified().await;
            "done"
        });
        let (mut stream, stop, server) = running(Router::new().route("/slow", slow)).await;
        ask(&mut stream, "GET /slow").await;
        begun.notified().await;

        stop.send(()).unwrap();
        release.notify_one();

        assert!(rest(stream).await.ends_with("done"));
        server.await.unwrap().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_never_ends_does_not_hold_the_server_for_ever() {
        let begun = Arc::new(Notify::new());
        let signal = Arc::clone(&begun);
        let never = get(async move || {
            signal.notify_one();
            std::future::pending::<()>().await;
        });
        let (mut stream, stop, server) = running(Router::new().route("/never", never)).await;
        ask(&mut stream, "GET /never").await;
        begun.notified().await;
        let told = tokio::time::Instant::now();

        stop.send(()).unwrap();
        server.await.unwrap().unwrap();

        assert_eq!(told.elapsed().as_secs(), STOP_WITHIN.as_secs());
    }
}
