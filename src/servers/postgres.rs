use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::folder::Folder;
use super::server::{Plan, Server};
use super::{SearchPath, ServerFailure, cluster, leftovers, throwaway};

/// What a private Postgres is started with.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// Cluster, password and log; made when absent. See [`Postgres::data_dir`].
    pub data_dir: PathBuf,
    /// Whether a commit survives a crash of the machine. A crash of the server alone loses nothing either way.
    pub durable: bool,
    pub connections_max: u16,
    pub search_path: SearchPath,
}

impl PostgresOptions {
    /// Durable, 200 connections, the installed programs.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        let search_path = SearchPath::installed();
        Self { data_dir: data_dir.into(), durable: true, connections_max: 200, search_path }
    }
}

/// A private Postgres; dropping it stops it. Its superuser `postgres` has a password made by chance.
#[derive(Debug)]
pub struct Postgres {
    server: Server,
    password: String,
}

impl Postgres {
    /// Starts a server on the cluster in the folder, made when absent, and waits until it answers. What an
    /// earlier run left behind when it was killed is ended first.
    ///
    /// # Errors
    /// Programs, folder or port cannot be had, or the server ends at once. The cluster is as it was.
    pub fn start(options: &PostgresOptions) -> Result<Self, ServerFailure> {
        let programs = options.search_path.find_postgres()?;
        Self::start_in(Folder::open(&options.data_dir)?, programs, options)
    }

    /// Starts a server on an empty cluster that is gone when this is dropped, or, if we are killed, with the
    /// next such call. It is fast because nothing is durable. The cluster is a copy of a template beside cargo's
    /// artefacts, which the first call of all makes and all processes share.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn throwaway() -> Result<Self, ServerFailure> {
        let options = PostgresOptions { durable: false, ..PostgresOptions::new("") };
        let programs = options.search_path.find_postgres()?;
        Self::start_in(throwaway::folder_with_cluster(programs)?, programs, &options)
    }

    fn start_in(folder: Folder, programs: &Path, options: &PostgresOptions) -> Result<Self, ServerFailure> {
        let password = cluster::ensure(&folder, programs)?;
        let plan = plan(&folder, programs, options);
        Ok(Self { server: Server::start(folder, plan)?, password })
    }

    /// For the superuser; holds the password, so it belongs in no log.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres:{}@127.0.0.1:{}/{database}", self.password, self.server.port)
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

    /// Ends all connections and the server, in good order. Nothing when it does not run.
    ///
    /// # Errors
    /// The system cannot tell whether the server has ended.
    pub fn stop(&mut self) -> Result<(), ServerFailure> {
        self.server.stop()
    }

    /// Kills the postmaster and all its children at once (SIGKILL). Nothing when it does not run.
    ///
    /// # Errors
    /// Some of them are still there after ten seconds.
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
}

fn plan(folder: &Folder, programs: &Path, options: &PostgresOptions) -> Plan {
    let mut settings = vec![
        format!("cluster_name={}", folder.name),
        "listen_addresses=127.0.0.1".to_owned(),
        // Paths of sockets have a short limit that a data folder easily exceeds.
        "unix_socket_directories=".to_owned(),
        format!("max_connections={}", options.connections_max),
        "shared_buffers=128MB".to_owned(),
    ];
    if !options.durable {
        // synchronous_commit stays on: without it a killed server forgets commits that it has confirmed.
        settings.extend(["fsync=off", "full_page_writes=off"].map(str::to_owned));
    }
    let mut arguments: Vec<OsString> = vec!["-D".into(), folder.path.join(cluster::NAME).into()];
    arguments.extend(settings.into_iter().flat_map(|setting| ["-c".into(), setting.into()]));
    Plan {
        name: "Postgres",
        program: programs.join("postgres"),
        arguments,
        is_ready: |folder, _| cluster::is_served(folder),
        stale: Some(cluster::LOCK_FILE),
    }
}
