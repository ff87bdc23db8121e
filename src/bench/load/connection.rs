use std::io;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Target;

/// How long an answer is waited for; an engine of ours answers within half of it, whatever it says.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// One connection that is kept: a request at a time, opened again after a failure.
pub struct Connection {
    target: Target,
    sender: Option<SendRequest<Full<Bytes>>>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// No answer. Whether the request was taken in is unknown.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    #[error("cannot connect to {0}")]
    Connect(std::net::SocketAddr, #[source] io::Error),
    #[error("the connection failed")]
    Http(#[from] hyper::Error),
    #[error("no answer within {} s", ANSWER_WITHIN.as_secs())]
    TooSlow,
}

impl Connection {
    /// Must be called on the thread that runs all clients.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn open(target: &Target) -> Result<Self, NoAnswer> {
        let sender = Some(connected(target).await?);
        Ok(Self { target: target.clone(), sender })
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// # Errors
    /// [`NoAnswer`]; asking again opens the connection again.
    pub async fn ask(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, NoAnswer> {
        let mut sender = match self.sender.take() {
            Some(sender) => sender,
            None => connected(&self.target).await?,
        };
        let answer = timeout(ANSWER_WITHIN, answer(&mut sender, request)).await;
        let answer = answer.map_err(|_| NoAnswer::TooSlow)??;
        self.sender = Some(sender);
        Ok(answer)
    }
}

async fn connected(target: &Target) -> Result<SendRequest<Full<Bytes>>, NoAnswer> {
    let failed = |failure| NoAnswer::Connect(target.address, failure);
    let stream = TcpStream::connect(target.address).await.map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // A failure of the connection shows in the request that is under way.
    tokio::task::spawn_local(async move { drop(connection.await) });
    Ok(sender)
}

async fn answer(
    sender: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<Answer, hyper::Error> {
    sender.ready().await?;
    let (head, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Answer { status: head.status, headers: head.headers, body })
}
