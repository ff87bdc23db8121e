//! Guards of the append function, taken out to see what breaks without them.

use sqlx::{Executor, PgPool};

/// The append function as it is, but with other words in the place of its guard.
pub async fn take_out(owner: &PgPool, guard: &str, instead: &str) {
    let function: String = sqlx::query_scalar("select pg_get_functiondef('journal.append'::regproc)")
        .fetch_one(owner)
        .await
        .unwrap();
    assert!(function.contains(guard), "the guard stands where this test looks for it");
    owner.execute(function.replace(guard, instead).as_str()).await.unwrap();
}
