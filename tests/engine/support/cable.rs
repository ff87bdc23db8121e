//! A way to Postgres that can be cut.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Passed on at once.
const CHUNK_BYTES: usize = 16 * 1024;

/// Passes bytes on to one port of this machine. Goes when it is dropped, with its connections.
pub struct Cable {
    port: u16,
    to: u16,
    /// Bytes of answers.
    passed: Arc<AtomicU64>,
    cuts: watch::Sender<u32>,
    accepting: JoinHandle<()>,
}

impl Cable {
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let own_port = listener.local_addr().unwrap().port();
        let (passed, cuts) = (Arc::<AtomicU64>::default(), watch::Sender::new(0));
        let accepting = tokio::spawn(accept(listener, port, Arc::clone(&passed), cuts.clone()));
        Self { port: own_port, to: port, passed, cuts, accepting }
    }

    /// The same place by this way.
    pub fn url(&self, url: &str) -> String {
        let address = |port: u16| format!("127.0.0.1:{port}");
        let by_this_way = url.replace(&address(self.to), &address(self.port));
        assert_ne!(by_this_way, url, "nothing would be cut");
        by_this_way
    }

    /// So many bytes were answered so far.
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    /// Breaks every connection that there is. New ones can be made at once.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn accept(listener: TcpListener, port: u16, passed: Arc<AtomicU64>, cuts: watch::Sender<u32>) {
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        let (passed, mut cuts) = (Arc::clone(&passed), cuts.subscribe());
        cuts.mark_unchanged();
        tokio::spawn(async move {
            tokio::select! {
                carried = carry(client, port, &passed) => drop(carried),
                cut = cuts.changed() => drop(cut),
            }
        });
    }
}

async fn carry(client: TcpStream, port: u16, passed: &AtomicU64) -> io::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let ((mut from_client, to_client), (from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    tokio::select! {
        ended = copy(&mut from_client, &mut to_server) => drop(ended?),
        ended = answer(from_server, to_client, passed) => ended?,
    }
    Ok(())
}

async fn answer(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, passed: &AtomicU64) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let bytes = from.read(&mut chunk).await?;
        if bytes == 0 {
            return Ok(());
        }
        to.write_all(&chunk[..bytes]).await?;
        passed.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}
