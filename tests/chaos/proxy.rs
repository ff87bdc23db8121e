//! A listener that passes bytes on to one address, as well or as badly as it is told.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::RngExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// Passed on at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// How bytes fare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    Clear,
    /// Each chunk waits so long, and by chance up to twice as long.
    Slow(Duration),
    /// Bytes vanish, and so does the news that somebody hung up.
    Swallowing,
    /// The same, and whoever asked is not told afterwards either: their end stays open, and silent.
    Forgetting,
    /// The same for answers alone.
    LosingReplies,
    /// Connections break, and none can be made.
    Down,
}

/// Goes when this is dropped, with its connections.
#[derive(Debug)]
pub struct Proxy {
    pub port: u16,
    weather: watch::Sender<Weather>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Question,
    Answer,
}

/// One connection, as both of its directions see it.
#[derive(Debug, Clone)]
struct Line {
    weather: watch::Receiver<Weather>,
    /// Something was swallowed: what comes after it would be read as something else.
    is_torn: Arc<AtomicBool>,
}

impl Proxy {
    /// To a port of this machine.
    pub async fn start(to: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let weather = watch::Sender::new(Weather::Clear);
        let accepting = tokio::spawn(accept(listener, to, weather.subscribe()));
        Self { port, weather, accepting }
    }

    /// Connections that have lost something break when the weather changes: whoever asks after them then, as
    /// systems do from time to time, learns that the other end has forgotten them.
    pub fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.set(Weather::Down);
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, to: u16, weather: watch::Receiver<Weather>) {
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        if *weather.borrow() != Weather::Down {
            let line = Line { weather: weather.clone(), is_torn: Arc::default() };
            tokio::spawn(line.carry(client, to));
        }
    }
}

impl Line {
    /// Ends when either direction does, or the line is torn and the weather changes; one that is forgotten, when
    /// the client hangs up.
    async fn carry(self, client: TcpStream, to: u16) -> io::Result<()> {
        let server = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
            (client.into_split(), server.into_split());
        let is_told = tokio::select! {
            ended = self.pump(Direction::Question, &mut from_client, &mut to_server) => return ended,
            ended = self.pump(Direction::Answer, &mut from_server, &mut to_client) => return ended,
            is_told = self.breaks(self.weather.clone()) => is_told,
        };
        drop((from_server, to_server));
        if !is_told {
            tokio::io::copy(&mut from_client, &mut tokio::io::sink()).await?;
        }
        Ok(())
    }

    /// Whether the client is told that it has.
    async fn breaks(&self, mut weather: watch::Receiver<Weather>) -> bool {
        let mut before = *weather.borrow_and_update();
        while weather.changed().await.is_ok() {
            let now = *weather.borrow_and_update();
            if now == Weather::Down || self.is_torn.load(Ordering::Relaxed) {
                return before != Weather::Forgetting;
            }
            before = now;
        }
        true
    }

    async fn pump(
        &self,
        direction: Direction,
        from: &mut OwnedReadHalf,
        to: &mut OwnedWriteHalf,
    ) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let read = from.read(&mut chunk).await;
            let now = *self.weather.borrow();
            if now.loses(direction) {
                self.is_torn.store(true, Ordering::Relaxed);
            }
            let is_torn = self.is_torn.load(Ordering::Relaxed) && now != Weather::LosingReplies;
            match read {
                Ok(0) | Err(_) if is_torn => std::future::pending().await,
                Ok(0) => return Ok(()),
                Ok(_) if is_torn || now.loses(direction) => {}
                Ok(bytes) => {
                    if let Some(delay) = now.delay() {
                        sleep(delay).await;
                    }
                    to.write_all(&chunk[..bytes]).await?;
                }
                Err(broken) => return Err(broken),
            }
        }
    }
}

impl Weather {
    fn loses(self, direction: Direction) -> bool {
        match self {
            Self::Swallowing | Self::Forgetting => true,
            Self::LosingReplies => direction == Direction::Answer,
            Self::Clear | Self::Slow(_) | Self::Down => false,
        }
    }

    fn delay(self) -> Option<Duration> {
        match self {
            Self::Slow(least) => Some(rand::rng().random_range(least..=2 * least)),
            Self::Clear | Self::Swallowing | Self::Forgetting | Self::LosingReplies | Self::Down => None,
        }
    }
}
