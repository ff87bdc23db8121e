//! Tells on stderr how far a bench is: a bar at a terminal, plain lines elsewhere.

use std::io::Write;
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(250);

/// One for the process, as there is one stderr.
static BAR: OnceLock<ProgressBar> = OnceLock::new();

/// Shows the bar, of about so many seconds. Without a terminal only a line says so.
pub fn begin(seconds: u64) {
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} s, {eta} to go: {msg}");
    let bar = BAR.get_or_init(|| ProgressBar::new(seconds));
    if let Ok(style) = style {
        bar.set_style(style);
    }
    say(&format!("about {seconds} s in all"));
    tokio::spawn(tick());
}

/// Names what is measured from now on.
pub fn measuring(what: &str) {
    match BAR.get() {
        Some(bar) if !bar.is_hidden() => bar.set_message(what.to_owned()),
        Some(_) | None => line(what),
    }
}

/// Says something that stays.
pub fn say(what: &str) {
    match BAR.get() {
        Some(bar) if !bar.is_hidden() => bar.suspend(|| line(what)),
        Some(_) | None => line(what),
    }
}

/// Takes the bar away.
pub fn end() {
    if let Some(bar) = BAR.get() {
        bar.finish_and_clear();
    }
}

fn line(what: &str) {
    drop(writeln!(std::io::stderr().lock(), "bench: {what}"));
}

async fn tick() {
    while let Some(bar) = BAR.get().filter(|bar| !bar.is_finished()) {
        bar.set_position(bar.elapsed().as_secs());
        tokio::time::sleep(TICK).await;
    }
}
