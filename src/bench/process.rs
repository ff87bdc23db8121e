//! This very program in processes of their own. They end when they are dropped.

use std::ffi::OsString;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use super::say::say;

/// How long a role may take until it listens.
const START_WITHIN: Duration = Duration::from_secs(60);

/// Many clients need many open files, and the usual limit is 1,024.
const WITH_MANY_FILES: &str = r#"ulimit -S -n "$(ulimit -H -n)"; exec "$@""#;

/// Requests are not logged: of either side, the work is measured and not the log. Slow statements are no news on a
/// machine that does all it can.
const LOG_LEVEL: &str = "warn,sqlx=error,booking::cli=info,booking::bench=info";

/// What to run.
pub struct Program {
    pub arguments: Vec<OsString>,
    /// All there is, but for where to find programs and how to log.
    pub environment: Vec<(&'static str, OsString)>,
}

/// A role that listens.
pub struct Served {
    /// Of 127.0.0.1.
    pub port: u16,
    child: Child,
}

impl Served {
    /// Its number; none once it has ended.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends it at once, and waits for that.
    pub async fn stop(mut self) {
        drop(self.child.kill().await);
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Program {
    /// Runs it to its end; what it says on stdout.
    pub async fn output(&self, within: Duration) -> anyhow::Result<Vec<u8>> {
        let name = self.name();
        let child =
            self.command()?.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot run {name}"))?;
        let output = timeout(within, child.wait_with_output()).await;
        let output =
            output.with_context(|| format!("{name} did not end within {} s", within.as_secs()))??;
        anyhow::ensure!(output.status.success(), "{name} failed: {}", output.status);
        Ok(output.stdout)
    }

    /// Starts it on a free port and waits until it listens.
    pub async fn serve(&self) -> anyhow::Result<Served> {
        let name = self.name();
        let mut command = self.command()?;
        command.env("PORT", "0").stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("cannot run {name}"))?;
        let mut lines = BufReader::new(child.stderr.take().context("stderr was asked for")?).lines();
        let port = timeout(START_WITHIN, listening(&mut lines)).await;
        let port = port.ok().flatten().with_context(|| format!("{name} did not come up"))?;
        tokio::spawn(async move { while pass_on(&mut lines).await.is_some() {} });
        Ok(Served { port, child })
    }

    fn command(&self) -> anyhow::Result<Command> {
        let program = std::env::current_exe().context("this program does not know where it is")?;
        let mut command = Command::new("sh");
        command.args(["-c", WITH_MANY_FILES, "sh"]).arg(program).args(&self.arguments);
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.env("LOG_LEVEL", LOG_LEVEL).env("LOG_FORMAT", "json").envs(self.environment.iter().cloned());
        command.stdin(Stdio::null()).kill_on_drop(true);
        Ok(command)
    }

    fn name(&self) -> String {
        let name = self.arguments.first().map(|name| name.to_string_lossy());
        format!("booking {}", name.unwrap_or_default())
    }
}

/// The port, once it is said; nothing when the process ends before.
async fn listening(lines: &mut Lines<BufReader<ChildStderr>>) -> Option<u16> {
    loop {
        if let Some(port) = port(&pass_on(lines).await?) {
            return Some(port);
        }
    }
}

/// Shows a line of a process, unless it only says where it listens.
async fn pass_on(lines: &mut Lines<BufReader<ChildStderr>>) -> Option<String> {
    let line = lines.next_line().await.ok().flatten()?;
    if port(&line).is_none() {
        say(&line);
    }
    Some(line)
}

fn port(line: &str) -> Option<u16> {
    let line: Value = serde_json::from_str(line).ok()?;
    line["fields"]["address"].as_str()?.rsplit_once(':')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_log() {
        let line = r#"{"level": "INFO", "fields": {"message": "serving on 0.0.0.0:4711", "address": "0.0.0.0:4711"}}"#;
        assert_eq!(port(line), Some(4_711));
        assert_eq!(port(r#"{"level": "WARN", "fields": {"message": "slow"}}"#), None);
        assert_eq!(port("booking: DATABASE_URL is not set"), None);
    }
}
