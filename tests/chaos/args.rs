//! What this program is asked for: by `make chaos`, and by those who run it as a test among others.

use std::path::PathBuf;

use clap::Parser;

/// As others see the short form.
const NAME: &str = "what_was_accepted_is_there_once_whatever_breaks";

/// Without arguments: the short form. With --minutes or --replay: the long one.
#[derive(Debug, Parser)]
#[command(name = "chaos", max_term_width = 110)]
pub struct Args {
    /// Decides on the faults and on what customers want
    #[arg(long)]
    seed: Option<u64>,
    /// How long customers are at work; makes it the long form
    #[arg(long)]
    minutes: Option<u64>,
    /// How often something is killed, at least; half as many other faults come with them
    #[arg(long)]
    kills: Option<usize>,
    /// A plan to run again, as an earlier run has kept it
    #[arg(long, value_name = "PLAN.JSON")]
    replay: Option<PathBuf>,
    /// Take guards out, one after another: the checker has to notice
    #[arg(long)]
    controls: bool,

    /// Of tests to run, or parts of them
    names: Vec<String>,
    /// Tests to leave out
    #[arg(long)]
    skip: Vec<String>,
    /// Names are whole
    #[arg(long)]
    exact: bool,
    /// Name the tests that there are
    #[arg(long)]
    list: bool,
    /// Only tests that are ignored: there are none
    #[arg(long)]
    ignored: bool,
    #[command(flatten)]
    unheeded: Unheeded,
}

/// What test runners say, and what means nothing here.
#[derive(Debug, clap::Args)]
struct Unheeded {
    #[arg(long, hide = true)]
    include_ignored: bool,
    #[arg(long, alias = "no-capture", hide = true)]
    nocapture: bool,
    #[arg(long, hide = true)]
    show_output: bool,
    #[arg(long, short, hide = true)]
    quiet: bool,
    #[arg(long, hide = true)]
    test_threads: Option<String>,
    #[arg(long, hide = true)]
    format: Option<String>,
    #[arg(long, hide = true)]
    color: Option<String>,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    Nothing,
    List,
    Short { seed: u64 },
    Long { seed: u64, minutes: u64, kills: usize },
    Replay(PathBuf),
    Controls { seed: u64, names: Vec<String> },
}

impl Args {
    pub fn task(self) -> Task {
        let seed = self.seed;
        if self.list {
            return if self.ignored { Task::Nothing } else { Task::List };
        }
        if self.controls {
            return Task::Controls { seed: seed.unwrap_or(1), names: self.names };
        }
        if let Some(path) = self.replay {
            return Task::Replay(path);
        }
        if let Some(minutes) = self.minutes {
            let kills = self.kills.unwrap_or(15 * usize::try_from(minutes).unwrap());
            return Task::Long { seed: seed.unwrap_or_else(rand::random), minutes, kills };
        }
        if self.ignored || !self.is_asked_for() {
            Task::Nothing
        } else {
            Task::Short { seed: seed.unwrap_or(1) }
        }
    }

    fn is_asked_for(&self) -> bool {
        let hits = |name: &String| if self.exact { name == NAME } else { NAME.contains(name.as_str()) };
        (self.names.is_empty() || self.names.iter().any(hits)) && !self.skip.iter().any(hits)
    }
}

/// As test runners read it.
pub fn list() {
    println!("{NAME}: test");
}
