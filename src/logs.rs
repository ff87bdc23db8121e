//! Logs, as LOG_LEVEL and LOG_FORMAT say.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::exit::Failure;
use crate::settings::table::{LOG_FORMAT, LOG_LEVEL, Setting};

/// Starts logging to stderr, so that output stays data. Our own rooms log at `level`, others from warnings on.
///
/// # Errors
/// When LOG_LEVEL is no filter.
pub fn start(default_level: &str, default_format: &str) -> Result<(), Failure> {
    let variable =
        |setting: &Setting| std::env::var(setting.name).ok().filter(|value| !value.trim().is_empty());
    let level = variable(&LOG_LEVEL).unwrap_or_else(|| default_level.to_owned());
    let filter = if level.contains('=') { level } else { format!("warn,{}", ours(&level)) };
    let filter = EnvFilter::try_new(filter).map_err(|wrong| Failure::Usage(format!("LOG_LEVEL: {wrong}")))?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let logs = logs.with_ansi(io::stderr().is_terminal());
    let started = match variable(&LOG_FORMAT).as_deref().unwrap_or(default_format) {
        "json" => logs.json().try_init(),
        "text" => logs.compact().try_init(),
        other => return Err(Failure::Usage(format!("LOG_FORMAT: `{other}` is neither json nor text"))),
    };
    started.map_err(|failure| Failure::Failed(anyhow::anyhow!(failure)))
}

fn ours(level: &str) -> String {
    let rooms = ["", "_domain", "_journal", "_nats", "_http", "_command_api", "_projections", "_reactors"];
    rooms.map(|room| format!("booking{room}={level}")).join(",")
}
