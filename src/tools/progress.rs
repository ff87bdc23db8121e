//! Progress of long work, on stderr.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that says what is done, how fast, and how long it will take. Silent when stderr is no terminal.
pub fn bar(total: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}");
    let bar = ProgressBar::new(total).with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
