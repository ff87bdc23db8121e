use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use axum::http::{HeaderValue, Uri};

/// Where an engine listens on this machine. Load is for one's own: other hosts are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub address: SocketAddr,
    /// As sent in `host`.
    pub host: HeaderValue,
}

/// The text is not `http://` and a port of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotATarget {
    #[error("not a URL such as http://127.0.0.1:8080")]
    Url,
    #[error("load is put on this machine only: 127.0.0.1, [::1] or localhost")]
    Elsewhere,
}

impl FromStr for Target {
    type Err = NotATarget;

    fn from_str(text: &str) -> Result<Self, NotATarget> {
        let uri: Uri = text.parse().map_err(|_| NotATarget::Url)?;
        let bare =
            uri.scheme_str() == Some("http") && matches!(uri.path(), "" | "/") && uri.query().is_none();
        let authority = uri.authority().filter(|_| bare).ok_or(NotATarget::Url)?;
        let address = SocketAddr::new(loopback(authority.host())?, authority.port_u16().unwrap_or(80));
        let host = authority.as_str().parse().map_err(|_| NotATarget::Url)?;
        if authority.as_str().contains('@') {
            return Err(NotATarget::Url);
        }
        Ok(Self { address, host })
    }
}

fn loopback(host: &str) -> Result<IpAddr, NotATarget> {
    if host.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().filter(IpAddr::is_loopback);
    address.ok_or(NotATarget::Elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Result<String, NotATarget> {
        text.parse().map(|target: Target| target.address.to_string())
    }

    #[test]
    fn this_machine_has_many_names() {
        assert_eq!(address("http://127.0.0.1:8080").unwrap(), "127.0.0.1:8080");
        assert_eq!(address("http://localhost:8080/").unwrap(), "127.0.0.1:8080");
        assert_eq!(address("http://[::1]:8080").unwrap(), "[::1]:8080");
        assert_eq!(address("http://127.0.0.2").unwrap(), "127.0.0.2:80");
    }

    #[test]
    fn no_other_machine_is_burdened() {
        for text in
            ["http://192.0.2.1:8080", "http://example.com", "http://127.0.0.1.example.com", "http://0.0.0.0"]
        {
            assert_eq!(address(text), Err(NotATarget::Elsewhere), "{text}");
        }
        for text in
            ["https://127.0.0.1", "127.0.0.1:8080", "http://127.0.0.1/api", "http://me@127.0.0.1", "", "/"]
        {
            assert_eq!(address(text), Err(NotATarget::Url), "{text}");
        }
    }
}
