//! Ports and what answers on them.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
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

/// A nats-server introduces itself as soon as its streams are recovered.
pub(super) fn introduces_itself(port: u16) -> bool {
    introduction(port).is_ok_and(|introduction| introduction == *b"INFO ")
}

fn introduction(port: u16) -> io::Result<[u8; 5]> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_TIMEOUT)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    let mut introduction = [0; 5];
    stream.read_exact(&mut introduction)?;
    Ok(introduction)
}

#[cfg(test)]
mod tests {
    use super::{PORTS, free};

    #[test]
    fn a_free_port_is_below_those_of_outgoing_connections() {
        assert!(PORTS.contains(&free().unwrap()));
    }
}
