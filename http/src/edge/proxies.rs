//! Proxies that are believed about how a caller came.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

/// Most networks that can be named.
const NETWORKS_MAX: usize = 100;

/// Addresses whose X-Forwarded-Proto counts; that of anyone else is what the caller made up. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Arc<[IpNet]>);

/// A text that names no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoNetwork {
    /// Neither an address nor a network.
    #[error("`{0}` is neither an address nor a network such as 10.0.0.0/8")]
    Other(String),
    /// More than can be compared with each request.
    #[error("there are more than {NETWORKS_MAX} networks")]
    TooMany,
}

impl Proxies {
    /// Reads addresses and networks that are separated by commas.
    ///
    /// # Errors
    /// [`NoNetwork`] for everything else.
    pub fn named(text: &str) -> Result<Self, NoNetwork> {
        let networks: Vec<IpNet> = text.split(',').map(network).collect::<Result<_, _>>()?;
        if NETWORKS_MAX < networks.len() { Err(NoNetwork::TooMany) } else { Ok(Self(networks.into())) }
    }

    pub(super) fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contain(&self, peer: IpAddr) -> bool {
        // An IPv4 caller of a socket that takes both comes as an IPv6 address.
        let peer = peer.to_canonical();
        self.0.iter().any(|network| network.contains(&peer))
    }
}

fn network(text: &str) -> Result<IpNet, NoNetwork> {
    let text = text.trim();
    let one = text.parse::<IpAddr>().map(IpNet::from);
    one.or_else(|_| text.parse()).map_err(|_| NoNetwork::Other(text.to_owned()))
}
