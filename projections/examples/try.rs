use std::time::{Duration, Instant};
use booking_http::{Caller, Role, Tokens};
use booking_journal::{MasterKey, Vault};
use booking_projections::*;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Executor, PgPool};

async fn pool(role: &'static str) -> PgPool {
    PgPoolOptions::new().max_connections(12).test_before_acquire(false)
        .after_connect(move |c, _| Box::pin(async move { c.execute(format!("set role {role}").as_str()).await?; Ok(()) }))
        .connect("postgres://postgres@127.0.0.1:55439/postgres").await.unwrap()
}

#[tokio::main]
async fn main() {
    let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).try_init();
    let what = std::env::args().nth(1).unwrap_or_default();
    let projector = pool("booking_projector").await;
    if what == "verify" {
        for model in Model::ALL {
            let at = Instant::now();
            let v = verify::verify(&projector, model).await.unwrap();
            println!("{} position {} rows {} findings {} in {:?}", v.name, v.position, v.rows, v.findings.len(), at.elapsed());
            for f in v.findings.iter().take(5) { println!("  {f}"); }
        }
        return;
    }
    let positions = Positions::new();
    let nats = booking_nats::connect("nats://127.0.0.1:54222", "try").await.unwrap();
    let settings = Settings { pool: projector.clone(), nats, positions: positions.clone(), only: std::env::args().nth(2).and_then(|n| Model::named(&n)) };
    let projections = Projections::spawn(&settings);
    let started = Instant::now();
    if what == "fill" {
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let s = projections.standings().await.unwrap();
            if s.iter().all(|s| s.position == s.head) {
                println!("{s:?} in {:?}", started.elapsed());
                let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
                let f: Vec<&str> = stat.split(' ').collect();
                println!("own cpu ticks {} {}", f[13], f[14]);
                return;
            }
        }
    }
    let reader = pool("booking_reader").await;
    let tokens = Tokens::new(&[7; 32]).unwrap();
    let admin = pool("postgres").await;
    tokio::spawn(positions.clone().follow(reader.clone()));
    let router = query_api(QuerySettings {
        pool: reader, vault: Vault::new(admin, MasterKey::new([1; 32])), tokens: tokens.clone(), positions, clock: booking_http::Clock::default(),
    });
    let user = std::env::args().nth(2).unwrap().parse().unwrap();
    for role in [Role::Owner, Role::Customer] {
        let caller = Caller { user_id: user, tenant: "00000000-0000-0000-0000-000000000001".parse().unwrap(), roles: role.into(), location_ids: vec![] };
        println!("{} {}", role.name(), tokens.mint(&caller, chrono::TimeDelta::hours(9), chrono::Utc::now()));
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:58080").await.unwrap();
    booking_http::serve(listener, router, std::future::pending()).await.unwrap();
}
