//! Processes of a server that nobody holds any more.
//!
//! A killed postmaster leaves children behind, each in a process group of its own, and they keep the next
//! postmaster from starting. They are known by the name of their folder, which stands in every command line.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::ServerFailure;
use super::folder::Folder;

const POLL: Duration = Duration::from_millis(10);
/// How long processes may take to end by themselves: as long as a leash gives them.
const GRACE: Duration = Duration::from_secs(16);
/// How long the system may take to end killed processes.
const KILL_TIMEOUT: Duration = Duration::from_secs(10);

/// Ends what is left of an earlier run, kindly if possible.
pub(super) fn end(folder: &Folder) -> Result<(), ServerFailure> {
    let processes = running(&folder.name);
    // The first is for shells of a leash, which may ignore the second; that is what makes Postgres stop at once.
    signal("TERM", &processes);
    signal("INT", &processes);
    if all_gone(&folder.name, GRACE) { Ok(()) } else { kill(folder) }
}

/// Ends everything at once, as a power cut would; nothing is written or cleaned up.
pub(super) fn kill(folder: &Folder) -> Result<(), ServerFailure> {
    signal("KILL", &running(&folder.name));
    if all_gone(&folder.name, KILL_TIMEOUT) {
        Ok(())
    } else {
        Err(ServerFailure::LeftOver { path: folder.path.clone() })
    }
}

fn all_gone(name: &str, timeout: Duration) -> bool {
    let deadline = Instant::now() + timeout;
    while !running(name).is_empty() {
        if deadline <= Instant::now() {
            return false;
        }
        thread::sleep(POLL);
    }
    true
}

/// Processes may end meanwhile, so nothing is made of failures.
fn signal(signal: &str, processes: &[String]) {
    if !processes.is_empty() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", r#"for process; do kill -s "$0" "$process"; done"#, signal]).args(processes);
        let _ = command.stderr(Stdio::null()).status();
    }
}

/// Numbers of the processes that have `name` in their command line. A process that has ended but was not
/// awaited has none.
fn running(name: &str) -> Vec<String> {
    let processes = in_proc().unwrap_or_else(listed);
    processes.into_iter().filter(|(_, command)| command.contains(name)).map(|(process, _)| process).collect()
}

fn in_proc() -> Option<Vec<(String, String)>> {
    let entries = fs::read_dir("/proc").ok()?.flatten();
    let command = |entry: fs::DirEntry| {
        let process = entry.file_name().into_string().ok().filter(|name| name.parse::<u32>().is_ok())?;
        let command = fs::read(entry.path().join("cmdline")).ok()?;
        Some((process, String::from_utf8_lossy(&command).into_owned()))
    };
    Some(entries.filter_map(command).collect())
}

/// For systems without `/proc`.
fn listed() -> Vec<(String, String)> {
    let output = Command::new("ps").args(["-axww", "-o", "pid=,command="]).output();
    let lines = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let split = |line: &str| {
        line.trim_start().split_once(' ').map(|(id, command)| (id.to_owned(), command.to_owned()))
    };
    lines.lines().filter_map(split).collect()
}
