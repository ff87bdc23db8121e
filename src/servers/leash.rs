//! A process that ends with us, however we end.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::folder::Folder;

/// The shell between us and the program. It reads from us until we are gone or let go, then asks the program to
/// end: kindly, ten seconds later firmly (Postgres then leaves recovery to the next start), and after six more
/// it is killed. It ends with the program, and takes along what it started itself.
const HOLD: &str = r#"
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
{
    cat <&3 >/dev/null
    kill -INT $program
    sleep 10
    kill -QUIT $program
    sleep 6
    kill -KILL $program
} 2>/dev/null &
wait $program
code=$?
trap '' TERM
kill -TERM 0
exit $code
"#;

/// Holds a running program. Dropping it ends the program and waits for that, 16 seconds at most.
#[derive(Debug)]
pub(super) struct Leash {
    shell: Child,
}

impl Leash {
    /// Runs `program` in the folder, as its owner, in a process group of its own (a Ctrl-C at the terminal is
    /// for us), without our environment: it holds secrets, and settings that programs would take for theirs.
    pub fn spawn<A: AsRef<OsStr>>(
        program: &Path,
        arguments: &[A],
        folder: &Folder,
        log: File,
    ) -> io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", HOLD, "sh"]).arg(program).args(arguments);
        command.current_dir(&folder.path).process_group(0);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C");
        command.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log);
        if let Some(account) = folder.account {
            command.uid(account.uid).gid(account.gid);
        }
        Ok(Self { shell: command.spawn()? })
    }

    /// Waits for a program that ends by itself; whether it succeeded.
    pub fn succeeds(mut self) -> io::Result<bool> {
        let held = self.shell.stdin.take();
        let status = self.shell.wait()?;
        drop(held);
        Ok(status.success())
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.shell.try_wait(), Ok(None))
    }

    /// Lets go and waits until the program is gone.
    pub fn end(&mut self) -> io::Result<()> {
        drop(self.shell.stdin.take());
        self.shell.wait().map(drop)
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
