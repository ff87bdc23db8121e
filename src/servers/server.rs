//! What both servers have in common: a program that runs on a folder and a port, and may run again.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::ServerFailure;
use super::folder::{Folder, failed};
use super::leash::Leash;
use super::{leftovers, port};

const POLL: Duration = Duration::from_millis(10);
/// Recovery after a crash is part of a start.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// How many ports are tried when somebody else is faster.
const PORTS_MAX: usize = 3;

/// How a server is run; the port is added as `-p`.
#[derive(Debug)]
pub(super) struct Plan {
    /// For messages.
    pub name: &'static str,
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
    /// Whether the server on a folder and a port is ready.
    pub is_ready: fn(&Folder, u16) -> bool,
    /// A file in the folder that a killed server leaves behind and the next one stumbles over.
    pub stale: Option<&'static str>,
}

/// A server that runs, or has run and may again on the same port.
#[derive(Debug)]
pub(super) struct Server {
    plan: Plan,
    pub port: u16,
    // Before the folder: a server ends before its folder is given up or removed.
    leash: Option<Leash>,
    pub folder: Folder,
}

impl Server {
    pub fn start(folder: Folder, plan: Plan) -> Result<Self, ServerFailure> {
        let _ = fs::rename(folder.path.join("log"), folder.path.join("log.old"));
        let mut server = Self { plan, port: port::free()?, leash: None, folder };
        for _ in 1..PORTS_MAX {
            match server.run() {
                Err(ServerFailure::EndedEarly { .. }) if !port::is_free(server.port) => {
                    server.port = port::free()?
                }
                outcome => return outcome.map(|()| server),
            }
        }
        server.run().map(|()| server)
    }

    pub fn restart(&mut self) -> Result<(), ServerFailure> {
        self.stop()?;
        self.run()
    }

    /// Nothing when it does not run.
    pub fn stop(&mut self) -> Result<(), ServerFailure> {
        match self.leash.take() {
            Some(mut leash) => {
                leash.end().map_err(|source| ServerFailure::Stop { program: self.plan.name, source })
            }
            None => Ok(()),
        }
    }

    pub fn kill(&mut self) -> Result<(), ServerFailure> {
        leftovers::kill(&self.folder)?;
        self.stop()
    }

    fn run(&mut self) -> Result<(), ServerFailure> {
        leftovers::end(&self.folder)?;
        if let Some(stale) = self.plan.stale {
            self.folder.remove(stale)?;
        }
        let log = self.folder.path.join("log");
        let file = File::options().create(true).append(true).open(&log).map_err(failed(&log))?;
        let mut arguments = self.plan.arguments.clone();
        arguments.extend(["-p".into(), self.port.to_string().into()]);
        let leash = Leash::spawn(&self.plan.program, &arguments, &self.folder, file)
            .map_err(|source| ServerFailure::Run { program: self.plan.program.clone(), source })?;
        self.await_ready(leash)
    }

    /// Keeps the leash only when the server is ready; else it goes, and the server with it.
    fn await_ready(&mut self, mut leash: Leash) -> Result<(), ServerFailure> {
        let (program, log) = (self.plan.name, self.folder.path.join("log"));
        let deadline = Instant::now() + START_TIMEOUT;
        while Instant::now() < deadline {
            if leash.has_ended() {
                return Err(ServerFailure::EndedEarly { program, last_line: last_line(&self.folder), log });
            }
            if (self.plan.is_ready)(&self.folder, self.port) {
                self.leash = Some(leash);
                return Ok(());
            }
            thread::sleep(POLL);
        }
        Err(ServerFailure::NotReady { program, seconds: START_TIMEOUT.as_secs(), log })
    }
}

/// Of the log of the folder.
pub(super) fn last_line(folder: &Folder) -> String {
    let log = fs::read(folder.path.join("log")).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    log.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing").trim().to_owned()
}
