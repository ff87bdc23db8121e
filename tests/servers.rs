//! The private servers of development and tests, and what becomes of them when somebody is killed.
#![expect(clippy::unwrap_used, reason = "clippy knows tests, but not their helpers")]

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use booking::servers::{Nats, NatsOptions, Postgres, PostgresOptions, SearchPath, ServerFailure};
use sqlx::{Connection, PgConnection};
use tempfile::tempdir;

const TIMEOUT: Duration = Duration::from_secs(20);
/// Tells a second process of this program on which folder to run servers, or `throwaway`.
const OWNER_TASK: &str = "BOOKING_TEST_OWNER_TASK";
const JETSTREAM: &str = "jetstream {}";

#[tokio::test]
async fn a_cluster_starts_and_answers() {
    let folder = tempdir().unwrap();
    let postgres = Postgres::start(&PostgresOptions::new(folder.path())).unwrap();

    assert_eq!(number(&postgres, "select 1").await, 1);
    assert_eq!(number(&postgres, "select current_setting('max_connections')::int").await, 200);
    assert_eq!(number(&postgres, "select (current_setting('fsync') = 'on')::int").await, 1);
    assert!(postgres.data_dir().starts_with(folder.path().canonicalize().unwrap()));
}

#[tokio::test]
async fn only_who_knows_the_password_gets_in() {
    let postgres = Postgres::throwaway().unwrap();
    let stranger = format!("postgres://postgres:guess@127.0.0.1:{}/postgres", postgres.port());

    let refused = PgConnection::connect(&stranger).await.expect_err("a guess");

    assert_eq!(refused.as_database_error().and_then(|error| error.code()).as_deref(), Some("28P01"));
}

#[tokio::test]
async fn a_throwaway_cluster_shares_nothing_with_the_next_one() {
    let first = Postgres::throwaway().unwrap();
    run(&first, "create table seat (seat_id int)").await;
    let second = Postgres::throwaway().unwrap();

    assert_eq!(number(&first, "select count(*)::int from pg_class where relname = 'seat'").await, 1);
    assert_eq!(number(&second, "select count(*)::int from pg_class where relname = 'seat'").await, 0);
    assert_eq!(number(&second, "select (current_setting('fsync') = 'on')::int").await, 0);
}

/// So that what they cost can be measured.
#[test]
fn a_server_names_its_processes() {
    let (postgres, nats) = (Postgres::throwaway().unwrap(), Nats::throwaway(JETSTREAM).unwrap());

    let (of_postgres, of_nats) = (postgres.processes(), nats.processes());

    assert!(of_postgres.contains(&postmaster(postgres.data_dir()).parse().unwrap()), "{of_postgres:?}");
    assert!(3 <= of_postgres.len(), "the shell, the postmaster, and children: {of_postgres:?}");
    assert!(!of_nats.is_empty() && of_nats.iter().all(|id| !of_postgres.contains(id)), "{of_nats:?}");
}

#[test]
fn a_throwaway_server_leaves_nothing() {
    let (postgres, nats) = (Postgres::throwaway().unwrap(), Nats::throwaway(JETSTREAM).unwrap());
    let folders = [postgres.data_dir().to_owned(), nats.data_dir().to_owned()];
    let ports = [postgres.port(), nats.port()];

    drop((postgres, nats));

    assert!(folders.iter().all(|folder| !folder.exists()));
    assert!(ports.iter().all(|port| refuses(*port)));
}

#[tokio::test]
async fn a_second_start_on_a_folder_in_use_is_refused_and_does_no_damage() {
    let folder = tempdir().unwrap();
    let postgres = Postgres::start(&PostgresOptions::new(folder.path())).unwrap();

    let refused = Postgres::start(&PostgresOptions::new(folder.path())).expect_err("in use");

    let path = folder.path().canonicalize().unwrap();
    assert_eq!(refused.to_string(), format!("a server already runs on the folder {}", path.display()));
    assert_eq!(number(&postgres, "select 1").await, 1);
}

#[tokio::test]
async fn what_was_committed_survives_the_killing_of_postmaster_and_children() {
    let mut postgres = Postgres::throwaway().unwrap();
    let port = postgres.port();
    run(&postgres, "create table seat as select 7 as seat_id").await;

    postgres.kill().unwrap();
    assert!(refuses(port));
    postgres.restart().unwrap();

    assert_eq!(postgres.port(), port);
    assert_eq!(number(&postgres, "select seat_id from seat").await, 7);
}

#[tokio::test]
async fn what_was_committed_survives_the_killing_of_the_postmaster_alone() {
    let folder = tempdir().unwrap();
    let postgres = Postgres::start(&hasty(folder.path())).unwrap();
    run(&postgres, "create table seat as select 7 as seat_id").await;
    let mut busy = PgConnection::connect(&postgres.url("postgres")).await.unwrap();
    let sleep = tokio::spawn(async move { sqlx::query("select pg_sleep(60)").execute(&mut busy).await });

    kill(&postmaster(folder.path()));
    drop(postgres);
    let postgres = Postgres::start(&hasty(folder.path())).unwrap();

    assert_eq!(number(&postgres, "select seat_id from seat").await, 7);
    sleep.await.unwrap().expect_err("its server was killed");
}

#[test]
fn a_killed_owner_leaves_no_server_behind() {
    let folder = tempdir().unwrap();
    let (mut owner, ports) = owner(folder.path());

    owner.kill().unwrap();
    owner.wait().unwrap();

    let deadline = Instant::now() + TIMEOUT;
    while !ports.iter().all(|port| refuses(*port)) {
        assert!(Instant::now() < deadline, "the servers outlived their owner");
        thread::yield_now();
    }
}

#[test]
fn a_new_owner_may_start_at_once_after_everything_was_killed() {
    let folder = tempdir().unwrap();
    let (mut owner, _) = owner(folder.path());

    owner.kill().unwrap();
    kill(&postmaster(&folder.path().join("postgres")));
    owner.wait().unwrap();

    Postgres::start(&hasty(&folder.path().join("postgres"))).unwrap();
    Nats::start(&NatsOptions::new(folder.path().join("nats"), JETSTREAM)).unwrap();
}

#[test]
fn what_a_killed_process_would_have_thrown_away_goes_with_the_next_start() {
    let (mut owner, folder) = start_owner("throwaway");
    assert!(Path::new(&folder).join("cluster").is_dir());

    owner.kill().unwrap();
    owner.wait().unwrap();
    Nats::throwaway(JETSTREAM).unwrap();

    assert!(!Path::new(&folder).exists());
}

/// Not a test but the process that those above kill: it does nothing unless they start it.
#[test]
fn an_owner_runs_servers_until_its_input_ends() {
    let Ok(task) = env::var(OWNER_TASK) else { return };
    if task == "throwaway" {
        let postgres = Postgres::throwaway().unwrap();
        println!("\nowner: {}", postgres.data_dir().display());
        io::copy(&mut io::stdin(), &mut io::sink()).unwrap();
    } else {
        let postgres = Postgres::start(&hasty(&Path::new(&task).join("postgres"))).unwrap();
        let nats = Nats::start(&NatsOptions::new(Path::new(&task).join("nats"), JETSTREAM)).unwrap();
        println!("\nowner: {} {}", postgres.port(), nats.port());
        io::copy(&mut io::stdin(), &mut io::sink()).unwrap();
    }
}

#[test]
fn streams_survive_a_killed_nats_server_but_not_a_wipe() {
    let mut nats = Nats::throwaway(JETSTREAM).unwrap();
    let created = ask(&nats, "$JS.API.STREAM.CREATE.SEATS", r#"{"name":"SEATS","subjects":["seat"]}"#);
    assert!(created.contains("stream_create_response") && !created.contains("error"), "{created}");

    nats.kill().unwrap();
    nats.restart().unwrap();
    assert!(ask(&nats, "$JS.API.STREAM.NAMES", "").contains("SEATS"));

    nats.wipe().unwrap();
    nats.restart().unwrap();
    assert!(!ask(&nats, "$JS.API.STREAM.NAMES", "").contains("SEATS"));
}

#[test]
fn a_wrong_config_is_told_in_the_words_of_the_server() {
    let failure = Nats::throwaway("no such setting").expect_err("a wrong config");
    assert!(matches!(&failure, ServerFailure::EndedEarly { .. }), "{failure:?}");
    assert!(
        failure.to_string().starts_with("nats-server ended while it started: nats-server: "),
        "{failure}"
    );
}

#[test]
fn a_cluster_of_another_version_is_left_alone() {
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("cluster")).unwrap();
    fs::write(folder.path().join("cluster/PG_VERSION"), "9\n").unwrap();

    let refused = Postgres::start(&PostgresOptions::new(folder.path())).expect_err("version 9").to_string();

    assert!(refused.contains("was made by Postgres 9, but "), "{refused}");
}

#[test]
fn a_missing_program_is_told_with_how_to_install_it() {
    let nowhere = SearchPath::default();
    let postgres = PostgresOptions { search_path: nowhere.clone(), ..PostgresOptions::new("unused") };
    let nats = NatsOptions { search_path: nowhere, ..NatsOptions::new("unused", JETSTREAM) };

    assert_eq!(
        Postgres::start(&postgres).expect_err("not found").to_string(),
        "Postgres was not found; install it with `apt-get install postgresql` (Debian) \
         or `brew install postgresql@16` (macOS)"
    );
    assert_eq!(
        Nats::start(&nats).expect_err("not found").to_string(),
        "nats-server was not found; install it with `apt-get install nats-server` (Debian) \
         or `brew install nats-server` (macOS)"
    );
    assert!(!Path::new("unused").exists());
}

/// Spares the machine the seconds that a durable cluster takes to flush its folder when it recovers.
fn hasty(folder: &Path) -> PostgresOptions {
    PostgresOptions { durable: false, ..PostgresOptions::new(folder) }
}

async fn run(postgres: &Postgres, statement: &str) {
    let mut connection = PgConnection::connect(&postgres.url("postgres")).await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
}

async fn number(postgres: &Postgres, query: &str) -> i32 {
    let mut connection = PgConnection::connect(&postgres.url("postgres")).await.unwrap();
    sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
}

/// Asks the server for something and answers its first message.
fn ask(nats: &Nats, subject: &str, body: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, nats.port())).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    let length = body.len();
    write!(
        stream,
        "CONNECT {{\"verbose\":false}}\r\nSUB answer 1\r\nPUB {subject} answer {length}\r\n{body}\r\n"
    )
    .unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    lines.find(|line| line.starts_with("MSG ")).unwrap();
    lines.next().unwrap()
}

/// A process with a Postgres and a nats-server on the folder, and their ports.
fn owner(folder: &Path) -> (Child, Vec<u16>) {
    let (owner, ports) = start_owner(folder.to_str().unwrap());
    (owner, ports.split(' ').map(|port| port.parse().unwrap()).collect())
}

/// A second process of this program, and what it tells once its servers run.
fn start_owner(task: &str) -> (Child, String) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "an_owner_runs_servers_until_its_input_ends", "--nocapture"]);
    command.env(OWNER_TASK, task).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut owner = command.spawn().unwrap();
    let mut lines = BufReader::new(owner.stdout.take().unwrap()).lines().map(Result::unwrap);
    let told = lines.find_map(|line| line.strip_prefix("owner: ").map(str::to_owned)).unwrap();
    (owner, told)
}

fn postmaster(folder: &Path) -> String {
    let file = fs::read_to_string(folder.join("cluster/postmaster.pid")).unwrap();
    file.lines().next().unwrap().to_owned()
}

fn kill(process: &str) {
    assert!(Command::new("kill").args(["-9", process]).status().unwrap().success());
}

fn refuses(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err()
}
