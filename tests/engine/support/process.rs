//! The real binary as processes of their own, and callers over HTTP.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;

/// A `booking dev` in a folder of its own; killed, with its servers, when dropped.
pub struct Dev {
    child: Child,
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
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Dev {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start_in(folder, arguments)
    }

    /// On a folder that may have data from an earlier run.
    pub fn start_in(folder: TempDir, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_booking"))
            .args(["dev", "--json", "--port", "0", "--data-dir"])
            .arg(folder.path())
            .args(arguments)
            .env_remove("DATABASE_URL")
            .env_remove("NATS_URL")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let banner = serde_json::from_str(&line).expect("booking dev says that it is ready");
        Self { child, banner, folder }
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
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn caller(&self, tenant: usize, token: &str) -> Caller {
        Caller::new(&self.url(), self.banner["tenants"][tenant][token].as_str().unwrap())
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Caller {
    pub fn new(url: &str, token: &str) -> Self {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        Self { client, url: url.to_owned(), token: token.to_owned() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body.to_string()), &[]).await
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
            request = request.header("content-type", "application/json").body(body);
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
