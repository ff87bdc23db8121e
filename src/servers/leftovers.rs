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
    let processes = running(&folder.name, &[]);
    // The first is for shells of a leash, which may ignore the second; that is what makes Postgres stop at once.
    signal("TERM", &processes);
    signal("INT", &processes);
    if all_gone(&folder.name, processes, GRACE) { Ok(()) } else { kill(folder) }
}

/// Ends everything at once, as a power cut would; nothing is written or cleaned up.
pub(super) fn kill(folder: &Folder) -> Result<(), ServerFailure> {
    let processes = running(&folder.name, &[]);
    signal("KILL", &processes);
    if all_gone(&folder.name, processes, KILL_TIMEOUT) {
        Ok(())
    } else {
        Err(ServerFailure::LeftOver { path: folder.path.clone() })
    }
}

/// Numbers of all processes of a server that runs, with those that hold it.
pub(super) fn processes(folder: &Folder) -> Vec<u32> {
    running(&folder.name, &[]).iter().filter_map(|id| id.parse().ok()).collect()
}

fn all_gone(name: &str, mut processes: Vec<String>, timeout: Duration) -> bool {
    let deadline = Instant::now() + timeout;
    while !processes.is_empty() {
        if deadline <= Instant::now() {
            return false;
        }
        thread::sleep(POLL);
        processes = running(name, &processes);
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

/// Numbers of the processes that have `name` in their command line, and of those `known` that are still there:
/// a process that ends loses its command line some time before its ports.
fn running(name: &str, known: &[String]) -> Vec<String> {
    let processes = in_proc().unwrap_or_else(listed).into_iter();
    let ours = processes.filter(|process| process.command.contains(name) || known.contains(&process.id));
    ours.filter(|process| !process.has_ended).map(|process| process.id).collect()
}

struct Process {
    id: String,
    command: String,
    /// And was not awaited yet by its parent.
    has_ended: bool,
}

fn in_proc() -> Option<Vec<Process>> {
    let entries = fs::read_dir("/proc").ok()?.flatten();
    let process = |entry: fs::DirEntry| {
        let id = entry.file_name().into_string().ok().filter(|name| name.parse::<u32>().is_ok())?;
        let command = fs::read(entry.path().join("cmdline")).ok()?;
        // Number, name in brackets, state and more.
        let state = fs::read(entry.path().join("stat")).ok()?;
        let state = String::from_utf8_lossy(&state).rsplit_once(") ")?.1.chars().next()?;
        let command = String::from_utf8_lossy(&command).into_owned();
        Some(Process { id, command, has_ended: matches!(state, 'Z' | 'X') })
    };
    Some(entries.filter_map(process).collect())
}

/// For systems without `/proc`.
fn listed() -> Vec<Process> {
    let output = Command::new("ps").args(["-axww", "-o", "pid=,stat=,command="]).output();
    let lines = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let process = |line: &str| {
        let (id, rest) = line.trim_start().split_once(' ')?;
        let (state, command) = rest.trim_start().split_once(' ')?;
        Some(Process { id: id.to_owned(), command: command.to_owned(), has_ended: state.starts_with('Z') })
    };
    lines.lines().filter_map(process).collect()
}

#[cfg(test)]
mod tests {
    use std::process;

    use super::{Process, in_proc, listed};

    #[test]
    fn a_process_finds_itself() {
        let id = process::id().to_string();
        let finds = |found: Vec<Process>| {
            found
                .iter()
                .any(|process| process.id == id && process.command.contains("booking") && !process.has_ended)
        };
        assert!(in_proc().is_none_or(finds));
        assert!(finds(listed()), "also without /proc");
    }
}
