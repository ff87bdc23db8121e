//! The real binary as processes of their own, and callers over HTTP.

use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use booking_domain::values::{TenantId, UserId};
use booking_http::{By, Caller as Account, Role, Roles, Tokens};
use chrono::{TimeDelta, Utc};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;

/// The longest that servers may take to end after their owner was killed.
const GONE_WITHIN: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// Outlives us by a moment: a `booking dev` that nobody dropped, as a static never is, ends with us.
const LEASH: &str = r#"read -r _; kill -9 "$1"; rm -rf "$2""#;

/// Variables that would make another engine of it.
const NOT_INHERITED: [&str; 18] = [
    "SWAGGER_ENABLED",
    "DEFAULT_TENANT",
    "JWT_EXPIRATION_TIME",
    "JWT_EXPIRY",
    "REFRESH_JWT_EXPIRATION_TIME",
    "DATABASE_URL",
    "NATS_URL",
    "PORT",
    "DATA_DIR",
    "LOG_LEVEL",
    "LOG_FORMAT",
    "JWT_SECRET",
    "JWT_SECRET_KEY",
    "MASTER_KEY",
    "CHAIN_KEY",
    "CHAIN_PUBLIC_KEY",
    "DATABASE_POOL_MAX",
    "WORLD_FAMILIES_MAX",
];

/// A `booking dev` in a folder of its own; killed, with its servers, when dropped.
pub struct Dev {
    child: Child,
    leash: Child,
    /// What it said when it was ready.
    pub banner: Value,
    pub folder: TempDir,
}

/// Someone who calls.
#[derive(Clone)]
pub struct Caller {
    client: reqwest::Client,
    url: String,
    token: String,
}

/// An answer, whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Dev {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(arguments: &[&str]) -> Self {
        Self::start_in(folder(), arguments)
    }

    /// On a folder that may have data from an earlier run.
    pub fn start_in(folder: TempDir, arguments: &[&str]) -> Self {
        Self::start_on(folder, arguments, &[])
    }

    /// The same with variables of the environment, such as where servers are.
    pub fn start_on(folder: TempDir, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_booking"));
        command.args(["dev", "--json", "--data-dir"]).arg(folder.path()).args(arguments);
        if !arguments.contains(&"--port") {
            command.args(["--port", "0"]);
        }
        for name in NOT_INHERITED {
            command.env_remove(name);
        }
        command.envs(variables.iter().copied());
        let log = File::create(folder.path().join("dev.log")).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let banner = serde_json::from_str(&line).unwrap_or_else(|_| {
            panic!("no word of being ready: {}", fs::read_to_string(folder.path().join("dev.log")).unwrap())
        });
        let mut leash = Command::new("sh");
        leash.args(["-c", LEASH, "leash", &child.id().to_string()]).arg(folder.path());
        let leash = leash.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        Self { child, leash, banner, folder }
    }

    pub fn customer(&self) -> Caller {
        self.caller(0, "customer_token")
    }

    pub fn owner(&self) -> Caller {
        self.caller(0, "owner_token")
    }

    /// Of the other demo business.
    pub fn stranger(&self) -> Caller {
        self.caller(1, "owner_token")
    }

    /// A flight some days ahead on which seats are free.
    pub fn flight(&self) -> String {
        self.banner["sample_flight_id"].as_str().unwrap().to_owned()
    }

    pub fn url(&self) -> String {
        self.banner["url"].as_str().unwrap().to_owned()
    }

    pub fn kill(&mut self) {
        self.end_leash();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end (SIGTERM), and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        self.end_leash();
        let process = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
        let deadline = Instant::now() + GONE_WITHIN;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            std::thread::sleep(POLL);
        }
    }

    /// Whether anyone listens at the address of a server that the banner tells.
    pub fn is_served(&self, server: &str) -> bool {
        let url = self.banner[server].as_str().unwrap();
        let address = url.rsplit(['@', '/']).find(|part| part.starts_with("127.0.0.1:"));
        TcpStream::connect(address.unwrap()).is_ok()
    }

    /// Kills it and waits until its servers are gone: then the folder can be used again.
    pub fn kill_and_await_the_end(&mut self) -> TempDir {
        self.kill();
        self.await_no_server();
        std::mem::replace(&mut self.folder, folder())
    }

    pub fn await_no_server(&self) {
        let deadline = Instant::now() + GONE_WITHIN;
        while ["url", "database_url", "nats_url"].into_iter().any(|server| self.is_served(server)) {
            assert!(Instant::now() < deadline, "servers outlived their owner");
            std::thread::sleep(POLL);
        }
    }

    /// A customer of the first demo business whom nobody else is.
    pub fn new_customer(&self) -> Caller {
        self.someone(Role::Customer, uuid::Uuid::now_v7().into())
    }

    /// An account of the first demo business.
    pub fn someone(&self, role: Role, user_id: UserId) -> Caller {
        Caller::new(&self.url(), &self.token(role, user_id, TimeDelta::hours(1)))
    }

    /// An account of the other demo business, whom nobody else is.
    pub fn stranger_as(&self, role: Role) -> Caller {
        let user_id = uuid::Uuid::now_v7().into();
        Caller::new(&self.url(), &self.token_of(1, role, user_id, TimeDelta::hours(1)))
    }

    /// A token that stands for so long from now on, or no longer does when that is less than nothing.
    pub fn token(&self, role: Role, user_id: UserId, life: TimeDelta) -> String {
        self.token_of(0, role, user_id, life)
    }

    fn token_of(&self, tenant: usize, role: Role, user_id: UserId, life: TimeDelta) -> String {
        let secret = self.secret("jwt_secret");
        let tenant = self.banner["tenants"][tenant]["tenant_id"].as_str().unwrap();
        let tenant: TenantId = tenant.parse().unwrap();
        let account =
            Account { user_id, tenant, roles: Roles::from(role), location_ids: vec![], by: By::Secret };
        Tokens::new(secret.as_bytes()).unwrap().mint(&account, life, Utc::now())
    }

    /// What the folder keeps under a name.
    pub fn secret(&self, name: &str) -> String {
        let secrets = fs::read(self.folder.path().join("secrets.json")).unwrap();
        serde_json::from_slice::<Value>(&secrets).unwrap()[name].as_str().unwrap().to_owned()
    }

    fn caller(&self, tenant: usize, token: &str) -> Caller {
        Caller::new(&self.url(), self.banner["tenants"][tenant][token].as_str().unwrap())
    }

    fn end_leash(&mut self) {
        drop(self.leash.kill());
        drop(self.leash.wait());
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        self.end_leash();
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// One that the account of the servers can reach when tests run as root.
pub fn folder() -> TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir().unwrap()
}

impl Caller {
    pub fn new(url: &str, token: &str) -> Self {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        Self { client, url: url.to_owned(), token: token.to_owned() }
    }

    /// The same connections for someone else.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// The same person with connections of their own: those of one runtime do not outlive it.
    pub fn anew(&self) -> Self {
        Self::new(&self.url, &self.token)
    }

    /// The same person elsewhere.
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None, &[]).await
    }

    /// As soon as a position is shown.
    pub async fn get_at(&self, path: &str, position: &str) -> Answer {
        self.call(Method::GET, path, None, &[("booking-min-position", position)]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None, &[]).await
    }

    pub async fn post_with_key(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.call(Method::POST, path, Some(body.to_string()), &[("idempotency-key", key)]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body.to_string()), &[]).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, Some(body.to_string()), &[]).await
    }

    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> Answer {
        self.try_call(method, path, body, headers).await.unwrap()
    }

    /// # Errors
    /// When there is no answer.
    pub async fn try_call(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> reqwest::Result<Answer> {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            let kind = headers.iter().any(|(name, _)| *name == "content-type");
            request = if kind { request } else { request.header("content-type", "application/json") };
            request = request.body(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = serde_json::from_slice(&answer.bytes().await?).unwrap_or(Value::Null);
        Ok(Answer { status, headers, body })
    }
}

impl Answer {
    /// The answer, if it has this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    /// A header's text; empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Of the commit, or of what a read shows.
    pub fn position(&self) -> &str {
        self.header("booking-position")
    }

    /// A text member of the body.
    #[track_caller]
    pub fn text(&self, member: &str) -> &str {
        self.body[member].as_str().unwrap_or_else(|| panic!("no text {member} in {}", self.body))
    }
}
