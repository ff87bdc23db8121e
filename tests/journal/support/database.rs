//! One throw-away cluster for each run; one database for each test, copied from a migrated one.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use booking::database::{self, DatabaseRole};
use booking::servers::Postgres;
use sqlx::{Executor, PgPool};

static CLUSTER: OnceLock<Postgres> = OnceLock::new();
static TEMPLATE: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
static NUMBER: AtomicU32 = AtomicU32::new(1);

/// A fresh database with the newest schema.
pub struct Database {
    pub url: String,
}

impl Database {
    pub async fn fresh() -> Self {
        drop(tracing_subscriber::fmt().with_test_writer().with_max_level(tracing::Level::WARN).try_init());
        let cluster = CLUSTER.get_or_init(|| Postgres::throwaway().expect("a cluster starts"));
        TEMPLATE.get_or_init(|| make_template(cluster)).await;
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        create(cluster, &name, "migrated").await;
        Self { url: cluster.url(&name) }
    }

    pub fn pool(&self, role: DatabaseRole) -> PgPool {
        database::pool(&self.url, role, 4).unwrap()
    }

    pub async fn owner(&self) -> PgPool {
        database::owner(&self.url).await.unwrap()
    }
}

async fn make_template(cluster: &Postgres) {
    create(cluster, "migrated", "template1").await;
    database::migrate(&cluster.url("migrated")).await.unwrap();
}

async fn create(cluster: &Postgres, name: &str, template: &str) {
    let postgres = database::owner(&cluster.url("postgres")).await.unwrap();
    // Names are ours, never input; a database name cannot be a parameter.
    postgres.execute(format!("create database {name} template {template}").as_str()).await.unwrap();
    postgres.close().await;
}
