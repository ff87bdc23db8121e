//! The configuration of a nats-server for development, with no right that is not needed.
//!
//! ```text
//! account BOOKING (JetStream)            account SUBSCRIBERS
//!   relay   publishes events               tenant_<id>  asks for, receives and
//!   engine  makes consumers, reads                      acknowledges its own durable
//!        |                                      |
//!        +-- exports: next, info, ack ----------+
//! ```
//! Why an account of their own for tenants, and not only users: a server answers a request at whatever reply
//! subject it names, with no look at the asker's rights. In the engine's account a tenant could so have its
//! messages delivered *as new events*. Between accounts an answer stays with the askers, and among those only
//! who knows a fresh inbox of another tenant could send something there: its own events. Why not an account
//! for each tenant: a server that is told of one more while it runs lets it in, and never answers it.

use std::fmt::{self, Write};
use std::path::PathBuf;

use booking_domain::values::TenantId;

use crate::connect::inbox_prefix;
use crate::{Definition, durable_name};

/// The user that alone may publish events; also makes and deletes the stream.
pub const RELAY_USER: &str = "relay";
/// The user of projections and reactors, which also makes the tenants' durables.
pub const ENGINE_USER: &str = "engine";
/// What a tenant's client may set as its JetStream prefix, to be able to ask about its durable
/// (`<prefix>.CONSUMER.INFO.…`). With the prefix that clients start from, `$JS.API`, it can only fetch.
pub const API_PREFIX: &str = "BOOKING.API";
/// The largest message, headers included.
pub const MESSAGE_BYTES_MAX: u32 = 4 << 20;
/// What all streams of the server may take on disk: a little more than `streams.toml` asks for.
const FILE_STORE: &str = "5GB";
const SECRET_LETTERS: std::ops::RangeInclusive<usize> = 16..=128;

/// A password that never shows in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// The password is not 16 to 128 letters, digits, `-` or `_`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a password for NATS is 16 to 128 letters, digits, - or _")]
pub struct NotASecret;

/// Where the server listens and keeps its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// On loopback only.
    pub port: u16,
    /// Where JetStream keeps its files.
    pub store_dir: PathBuf,
}

/// All that the configuration depends on.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Of the journal; stands in the stream's name.
    pub epoch: i32,
    /// Absent when the server's command line names port and files.
    pub place: Option<Place>,
    /// Of [`RELAY_USER`].
    pub relay_password: Secret,
    /// Of [`ENGINE_USER`].
    pub engine_password: Secret,
    /// Who may subscribe. The user is [`durable_name`].
    pub tenants: Vec<(TenantId, Secret)>,
}

impl Secret {
    /// # Errors
    /// [`NotASecret`] when it could not stand in a URL and in the configuration as it is.
    pub fn new(text: &str) -> Result<Self, NotASecret> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if is_plain && SECRET_LETTERS.contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotASecret)
        }
    }

    /// The password itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Place {
    fn lines(&self) -> (String, String) {
        let store_dir = self.store_dir.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
        (format!("listen: \"127.0.0.1:{}\"\n", self.port), format!("store_dir: \"{store_dir}\", "))
    }
}

impl ServerConfig {
    /// The text for `nats-server --config`. It holds passwords: only the server's user may read the file.
    /// After a change the server takes it over on SIGHUP, without a connection lost.
    pub fn text(&self) -> String {
        let stream = Definition::default().name(self.epoch);
        let (booking, subscribers) = (self.booking(&stream), self.subscribers(&stream));
        format!("{}accounts {{\n{booking}{subscribers}}}\n", self.server())
    }

    fn server(&self) -> String {
        let (listen, store_dir) = self.place.as_ref().map(Place::lines).unwrap_or_default();
        format!(
            "{listen}server_name: booking\n\
             max_payload: {MESSAGE_BYTES_MAX}\n\
             jetstream {{ {store_dir}max_memory_store: 64MB, max_file_store: {FILE_STORE} }}\n"
        )
    }

    fn subscribers(&self, stream: &str) -> String {
        let mut text = String::from("  SUBSCRIBERS {\n    users: [\n");
        for (tenant_id, password) in &self.tenants {
            let durable = durable_name(*tenant_id);
            text.push_str(&user(&durable, password, &tenant_may(stream, &durable)));
        }
        text.push_str(&IMPORTS.replace("STREAM", stream).replace("PREFIX", API_PREFIX));
        text
    }

    fn booking(&self, stream: &str) -> String {
        let mut text = String::from("  BOOKING {\n    jetstream: enabled\n    users: [\n");
        text.push_str(&user(RELAY_USER, &self.relay_password, &RELAY_MAY.map(str::to_owned)));
        text.push_str(&user(ENGINE_USER, &self.engine_password, &ENGINE_MAY.map(str::to_owned)));
        text.push_str(&EXPORTS.replace("STREAM", stream));
        text
    }
}

const EXPORTS: &str = r#"    ]
    exports: [
      { service: "$JS.API.CONSUMER.MSG.NEXT.STREAM.*", response_type: stream, accounts: [SUBSCRIBERS] }
      { service: "$JS.API.CONSUMER.INFO.STREAM.*", accounts: [SUBSCRIBERS] }
      { service: "$JS.ACK.STREAM.*.>", accounts: [SUBSCRIBERS] }
    ]
  }
"#;

/// `$JS.API.CONSUMER.INFO` itself would be answered twice, first by the server: no JetStream in this account.
const IMPORTS: &str = r#"    ]
    imports: [
      { service: { account: BOOKING, subject: "$JS.API.CONSUMER.MSG.NEXT.STREAM.*" } }
      { service: { account: BOOKING, subject: "$JS.API.CONSUMER.MSG.NEXT.STREAM.*" }
        to: "PREFIX.CONSUMER.MSG.NEXT.STREAM.*" }
      { service: { account: BOOKING, subject: "$JS.API.CONSUMER.INFO.STREAM.*" }
        to: "PREFIX.CONSUMER.INFO.STREAM.*" }
      { service: { account: BOOKING, subject: "$JS.ACK.STREAM.*.>" } }
    ]
  }
"#;

const RELAY_MAY: [&str; 6] = [
    "booking.evt.>",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.INFO.*",
    "$JS.API.STREAM.CREATE.*",
    "$JS.API.STREAM.DELETE.*",
    "$JS.API.STREAM.MSG.GET.*",
];

/// `$JS.FC.>` answers the server's flow control.
const ENGINE_MAY: [&str; 8] = [
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.INFO.*",
    "$JS.API.CONSUMER.INFO.*.*",
    "$JS.API.CONSUMER.CREATE.*",
    "$JS.API.CONSUMER.CREATE.*.*",
    "$JS.API.CONSUMER.CREATE.*.*.booking.evt.>",
    "$JS.API.CONSUMER.DELETE.*.*",
    "$JS.FC.>",
];

fn tenant_may(stream: &str, durable: &str) -> [String; 4] {
    [
        format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"),
        format!("{API_PREFIX}.CONSUMER.MSG.NEXT.{stream}.{durable}"),
        format!("{API_PREFIX}.CONSUMER.INFO.{stream}.{durable}"),
        format!("$JS.ACK.{stream}.{durable}.>"),
    ]
}

fn user(name: &str, password: &Secret, may_publish: &[String]) -> String {
    let inbox = inbox_prefix(name);
    let mut text = format!("      {{ user: {name}, password: \"{}\", permissions: {{\n", password.reveal());
    let quoted: Vec<String> = may_publish.iter().map(|subject| format!("\"{subject}\"")).collect();
    writeln!(text, "        publish: {{ allow: [{}] }}", quoted.join(", ")).expect(TAKES_ALL);
    writeln!(text, "        subscribe: {{ allow: [\"{inbox}.>\"] }}\n      }} }}").expect(TAKES_ALL);
    text
}

const TAKES_ALL: &str = "a string takes all that is written to it";

#[cfg(test)]
mod tests {
    use super::{NotASecret, Secret};

    #[test]
    fn a_secret_is_plain_long_enough_and_never_shown() {
        for text in ["", "short", "has a blank in it", "quote\"quote\"quote", &"x".repeat(129)] {
            assert_eq!(Secret::new(text), Err(NotASecret), "{text:?}");
        }
        let secret = Secret::new("0123456789abcdef").expect("long enough");
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}
