//! Connections behind a link that swallows everything.

use std::net::Ipv4Addr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::*;
use crate::servers::Postgres;

const CONNECTIONS_MAX: u32 = 2;
/// A process that has lost its connections must have others by then.
const PATIENCE: Duration = Duration::from_secs(20);

/// Passes bytes on to Postgres. Whoever is connected when it falls silent is never answered again, nor told.
struct Link {
    port: u16,
    silence: watch::Sender<()>,
}

impl Link {
    async fn to(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let link = Self { port: listener.local_addr().unwrap().port(), silence: watch::Sender::new(()) };
        let silence = link.silence.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, port, silence.subscribe()));
            }
        });
        link
    }

    fn fall_silent(&self) {
        self.silence.send_replace(());
    }
}

async fn carry(mut client: TcpStream, port: u16, mut silence: watch::Receiver<()>) {
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    tokio::select! {
        ended = tokio::io::copy_bidirectional(&mut client, &mut server) => drop(ended),
        _ = silence.changed() => std::future::pending().await,
    }
}

async fn behind_a_link() -> (Postgres, Link, PgPool) {
    let postgres = Postgres::throwaway().unwrap();
    let owner = owner(&postgres.url("postgres")).await.unwrap();
    sqlx::query("create role booking_reader").execute(&owner).await.unwrap();
    let link = Link::to(postgres.port()).await;
    let url = postgres.url("postgres").replace(&postgres.port().to_string(), &link.port.to_string());
    let pool = pool(&url, DatabaseRole::Reader, CONNECTIONS_MAX).unwrap();
    let both = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
    drop(both);
    (postgres, link, pool)
}

/// Asks once.
async fn ask(pool: &PgPool) -> sqlx::Result<i32> {
    sqlx::query_scalar("select 1").fetch_one(pool).await
}

#[tokio::test]
async fn a_connection_that_was_given_up_does_not_keep_its_place_in_the_pool() {
    let (_postgres, link, pool) = behind_a_link().await;
    let mut held = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
    link.fall_silent();
    let soon = Duration::from_millis(10);
    for connection in [&mut held.0, &mut held.1] {
        let asked = sqlx::query("select 1").execute(&mut **connection);
        assert!(timeout(soon, asked).await.is_err(), "nobody answers on it");
    }
    drop(held);

    let answered = async {
        loop {
            if let Ok(answer) = ask(&pool).await {
                return answer;
            }
        }
    };
    assert_eq!(timeout(PATIENCE, answered).await, Ok(1));
}

#[tokio::test]
async fn connections_that_fell_silent_while_they_rested_are_replaced_at_the_first_question() {
    let (_postgres, link, pool) = behind_a_link().await;
    link.fall_silent();
    tokio::time::sleep(TRUSTED_FOR).await;

    assert_eq!(ask(&pool).await.unwrap(), 1);
}
