//! A connection that is really there, or a failure that says where it should have led.

use std::sync::Arc;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectErrorKind, ConnectOptions, ServerAddr};
use tokio::time::{Instant, sleep};

use crate::percent;
use crate::shared::Shared;

/// The longest that [`connect`] tries.
pub const CONNECT_WITHIN_MS: u64 = 5_000;
/// Between two tries.
const TRY_AGAIN_MS: u64 = 100;
/// The longest that one try takes.
const ONE_TRY_MS: u64 = 2_000;
/// The longest that any request waits for its answer.
pub(crate) const REQUEST_WITHIN_MS: u64 = 5_000;
/// The longest pause before a lost connection is tried again.
const RECONNECT_PAUSE_MS_MAX: u64 = 1_000;
/// How often an idle connection is asked whether it lives.
const PING_EVERY_MS: u64 = 10_000;

/// Why there is no connection. Neither the text nor the source holds a password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectFailure {
    /// The text is not `nats://[user:password@]host[:port]`.
    #[error("the address of the NATS server is not a nats:// URL")]
    Address,
    /// A server is there and does not know this user, or not with this password.
    #[error("the NATS server at {server} refused user {user:?}")]
    Refused {
        /// `host:port`.
        server: String,
        /// Empty without one.
        user: String,
    },
    /// Nobody answered within [`CONNECT_WITHIN_MS`].
    #[error("no NATS server answered at {server} within {CONNECT_WITHIN_MS} ms")]
    Silent {
        /// `host:port`.
        server: String,
        /// The last try's.
        #[source]
        source: async_nats::ConnectError,
    },
}

/// One user's connection to one server. Cheap to clone; reconnects by itself, for ever. Feeds that are opened on
/// one connection share what is delivered.
#[derive(Debug, Clone)]
pub struct Connection {
    client: Client,
    server: String,
    shared: Arc<Shared>,
}

impl Connection {
    /// Whether the server is reachable at this moment.
    pub fn is_up(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// `host:port`, for logs.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Such as `2.9.10`.
    pub fn server_version(&self) -> String {
        self.client.server_info().version
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Requests and acknowledgements time out after [`REQUEST_WITHIN_MS`].
    pub(crate) fn jetstream(&self) -> Context {
        let mut context = jetstream::new(self.client.clone());
        context.set_timeout(Duration::from_millis(REQUEST_WITHIN_MS));
        context
    }
}

/// Connects as the user that stands in `url` (`nats://user:password@host:port`), under a `name` that the
/// server shows. Replies go to `_INBOX_<user>.>`, so that no user can listen to another's; without a user
/// to `_INBOX.>`. Returns only when connected.
///
/// # Errors
/// [`ConnectFailure`]; a refusal comes at once, silence after [`CONNECT_WITHIN_MS`].
pub async fn connect(url: &str, name: &str) -> Result<Connection, ConnectFailure> {
    let address: ServerAddr = url.parse().map_err(|_says_nothing_more| ConnectFailure::Address)?;
    let (server, nobodys) =
        (format!("{}:{}", address.host(), address.port()), without_credentials(&address)?);
    let give_up_at = Instant::now() + Duration::from_millis(CONNECT_WITHIN_MS);
    loop {
        match options(&address, name).connect(nobodys.clone()).await {
            Ok(client) => return Ok(Connection { client, server, shared: Arc::default() }),
            Err(source) if is_refusal(source.kind()) => {
                let user = address.username().unwrap_or_default().to_owned();
                return Err(ConnectFailure::Refused { server, user });
            }
            Err(source) if give_up_at <= Instant::now() => {
                return Err(ConnectFailure::Silent { server, source });
            }
            Err(_not_yet) => sleep(Duration::from_millis(TRY_AGAIN_MS)).await,
        }
    }
}

fn is_refusal(kind: ConnectErrorKind) -> bool {
    matches!(kind, ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation)
}

fn options(address: &ServerAddr, name: &str) -> ConnectOptions {
    signing_in(address)
        .name(name)
        .connection_timeout(Duration::from_millis(ONE_TRY_MS))
        .request_timeout(Some(Duration::from_millis(REQUEST_WITHIN_MS)))
        .ping_interval(Duration::from_millis(PING_EVERY_MS))
        .reconnect_delay_callback(reconnect_pause)
}

/// The library leaves it to us to take user and password out of the URL. A user without one is a token.
fn signing_in(address: &ServerAddr) -> ConnectOptions {
    let plain = |text: &str| percent::decoded(text).unwrap_or_else(|| text.to_owned());
    let options = ConnectOptions::new();
    match (address.username().map(plain), address.password().map(plain)) {
        (None, _) => options,
        (Some(token), None) => options.token(token),
        (Some(user), Some(password)) => {
            let inbox = inbox_prefix(&user);
            options.user_and_password(user, password).custom_inbox_prefix(inbox)
        }
    }
}

/// The library writes addresses into its logs as they are.
fn without_credentials(address: &ServerAddr) -> Result<ServerAddr, ConnectFailure> {
    let mut url = address.clone().into_inner();
    let bare = url.set_username("").and_then(|()| url.set_password(None));
    bare.map_err(|()| ConnectFailure::Address)?;
    ServerAddr::from_url(url).map_err(|_says_nothing_more| ConnectFailure::Address)
}

/// Where a user's replies arrive, without the `.>`.
pub(crate) fn inbox_prefix(user: &str) -> String {
    format!("_INBOX_{user}")
}

fn reconnect_pause(attempts: usize) -> Duration {
    let attempts = u64::try_from(attempts).unwrap_or(u64::MAX);
    Duration::from_millis(attempts.saturating_mul(TRY_AGAIN_MS).min(RECONNECT_PAUSE_MS_MAX))
}

#[cfg(test)]
mod tests {
    use super::{RECONNECT_PAUSE_MS_MAX, reconnect_pause, without_credentials};

    #[test]
    fn an_address_that_may_be_logged_has_no_credentials() {
        let address = "nats://relay:tell-nobody@127.0.0.1:4222".parse().expect("an address");
        let bare = without_credentials(&address).expect("an address");
        assert_eq!(bare.as_url_str(), "nats://127.0.0.1:4222");
    }

    #[test]
    fn pauses_grow_to_their_bound() {
        let pauses = [0, 1, 5, 10, usize::MAX].map(|attempts| reconnect_pause(attempts).as_millis());
        assert_eq!(pauses, [0, 100, 500, 1000, u128::from(RECONNECT_PAUSE_MS_MAX)]);
    }
}
