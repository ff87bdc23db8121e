//! Ports and what answers on them.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::time::Duration;

use super::ServerFailure;

/// Below the ports that systems give to outgoing connections: else, while a server is down, a client that
/// tries to reconnect may take its port, and even get connected to itself.
const PORTS: Range<u16> = 20_000..30_000;
const TRIES_MAX: usize = 100;
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// A port that nobody listens on right now; somebody may a moment later.
pub(super) fn free() -> Result<u16, ServerFailure> {
    (0..TRIES_MAX).map(|_| by_chance()).find(|port| is_free(*port)).ok_or(ServerFailure::NoPort)
}

pub(super) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn by_chance() -> u16 {
    let chance = RandomState::new().hash_one(()) % u64::from(PORTS.end - PORTS.start);
    PORTS.start + u16::try_from(chance).expect("less than the number of ports")
}

/// Whether a Postgres would let someone log in: it asks for a password, and does not say that it is starting up.
pub(super) fn postgres_answers(port: u16) -> bool {
    // Length of the whole message, version 3.0, then names and values.
    let startup = b"\0\0\0\x29\0\x03\0\0user\0postgres\0database\0postgres\0\0";
    first_bytes(port, startup).is_ok_and(|answer: [u8; 1]| answer == *b"R")
}

/// A nats-server introduces itself as soon as its streams are recovered.
pub(super) fn nats_answers(port: u16) -> bool {
    first_bytes(port, b"").is_ok_and(|answer: [u8; 5]| answer == *b"INFO ")
}

fn first_bytes<const N: usize>(port: u16, question: &[u8]) -> io::Result<[u8; N]> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_TIMEOUT)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    stream.write_all(question)?;
    let mut answer = [0; N];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::{PORTS, free};

    #[test]
    fn a_free_port_is_below_those_of_outgoing_connections() {
        assert!(PORTS.contains(&free().unwrap()));
    }
}
