use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::folder::{Folder, failed};
use super::server::{Plan, Server};
use super::{SearchPath, ServerFailure, leftovers, port, throwaway};

const CONFIG: &str = "nats.conf";
const STORE: &str = "store";
const PROGRAM: &str = "nats-server";

/// What a private nats-server is started with.
#[derive(Debug, Clone)]
pub struct NatsOptions {
    /// Streams, config and log; made when absent. See [`Nats::data_dir`].
    pub data_dir: PathBuf,
    /// Text of the config file. Address, port, server name and store are given by us and need not be in it;
    /// JetStream must be (`jetstream {}`) when it is wanted.
    pub config: String,
    pub search_path: SearchPath,
}

impl NatsOptions {
    /// With the installed program.
    pub fn new(data_dir: impl Into<PathBuf>, config: impl Into<String>) -> Self {
        Self { data_dir: data_dir.into(), config: config.into(), search_path: SearchPath::installed() }
    }
}

/// A private nats-server; dropping it stops it.
#[derive(Debug)]
pub struct Nats {
    server: Server,
}

impl Nats {
    /// Starts a server on the folder and waits until it answers: its streams are recovered then. What an
    /// earlier run left behind when it was killed is ended first.
    ///
    /// # Errors
    /// Program, folder or port cannot be had, or the server ends at once, as it does when the config is wrong.
    pub fn start(options: &NatsOptions) -> Result<Self, ServerFailure> {
        let program = options.search_path.find_nats()?;
        Self::start_in(Folder::open(&options.data_dir)?, program, &options.config)
    }

    /// Starts a server without streams whose folder is gone when this is dropped, or, if we are killed, with
    /// the next such call.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn throwaway(config: &str) -> Result<Self, ServerFailure> {
        let program = SearchPath::installed().find_nats()?;
        Self::start_in(throwaway::folder()?, program, config)
    }

    fn start_in(folder: Folder, program: PathBuf, config: &str) -> Result<Self, ServerFailure> {
        folder.write(CONFIG, config.to_owned())?;
        let plan = plan(&folder, within_reach(&folder, program)?);
        Ok(Self { server: Server::start(folder, plan)? })
    }

    /// Without a user.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.server.port)
    }

    /// Of 127.0.0.1; the same after a restart.
    pub fn port(&self) -> u16 {
        self.server.port
    }

    /// Numbers of its processes, and of the shell that holds it. Others may have come a moment later.
    pub fn processes(&self) -> Vec<u32> {
        leftovers::processes(&self.server.folder)
    }

    /// Where everything is really kept: not where it was wanted when that was out of reach.
    pub fn data_dir(&self) -> &Path {
        &self.server.folder.path
    }

    /// Ends the server in good order. Nothing when it does not run.
    ///
    /// # Errors
    /// The system cannot tell whether the server has ended.
    pub fn stop(&mut self) -> Result<(), ServerFailure> {
        self.server.stop()
    }

    /// Kills the server (SIGKILL). Nothing when it does not run.
    ///
    /// # Errors
    /// It is still there after ten seconds.
    pub fn kill(&mut self) -> Result<(), ServerFailure> {
        self.server.kill()
    }

    /// Stops the server if it runs, starts it on the same port, and waits until it answers.
    ///
    /// # Errors
    /// As [`start`](Self::start); also when somebody has taken the port. The server then does not run.
    pub fn restart(&mut self) -> Result<(), ServerFailure> {
        self.server.restart()
    }

    /// Stops the server if it runs, and removes every stream and consumer. It starts empty at the next
    /// [`restart`](Self::restart).
    ///
    /// # Errors
    /// The server cannot be stopped, or files cannot be removed: some may be gone then.
    pub fn wipe(&mut self) -> Result<(), ServerFailure> {
        self.server.stop()?;
        self.server.folder.remove(STORE)
    }
}

/// The program, or a copy of it in the folder when it is somewhere below `/root`, say, where the account of the
/// servers cannot get at it.
fn within_reach(folder: &Folder, program: PathBuf) -> Result<PathBuf, ServerFailure> {
    let real = program.canonicalize().map_err(failed(&program))?;
    if folder.account.is_none_or(|account| account.may_reach(&real)) {
        return Ok(program);
    }
    let copy = folder.path.join(PROGRAM);
    folder.remove(PROGRAM)?;
    fs::copy(&real, &copy)
        .and_then(|_| fs::set_permissions(&copy, Permissions::from_mode(0o755)))
        .map_err(failed(&copy))?;
    Ok(copy)
}

fn plan(folder: &Folder, program: PathBuf) -> Plan {
    let (config, store) = (folder.path.join(CONFIG), folder.path.join(STORE));
    let arguments: [OsString; 8] = [
        "-c".into(),
        config.into(),
        "-a".into(),
        "127.0.0.1".into(),
        "-n".into(),
        folder.name.clone().into(),
        "-sd".into(),
        store.into(),
    ];
    Plan {
        name: "nats-server",
        program,
        arguments: arguments.to_vec(),
        is_ready: |_, port| port::introduces_itself(port),
        stale: None,
    }
}
