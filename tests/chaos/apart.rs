//! A mount namespace of our own: disks that we mount are nobody else's, and go with us however we end.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Set in the process that has one.
const APART: &str = "BOOKING_CHAOS_APART";

/// Becomes the same program in a namespace of its own. Returns when it is there, or cannot get there: then
/// nothing is mounted without rights, or what is mounted is unmounted at the end.
pub fn ensure() {
    if env::var_os(APART).is_some() {
        return;
    }
    if let Ok(program) = env::current_exe() {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--"]).arg(program).args(env::args_os().skip(1)).env(APART, "1");
        if is_possible() {
            drop(command.exec());
        }
    }
}

fn is_possible() -> bool {
    let tried = Command::new("unshare").args(["--mount", "true"]).output();
    tried.is_ok_and(|output| output.status.success())
}
