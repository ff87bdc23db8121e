//! One step back.

use sqlx::migrate::Migrate;
use sqlx::{Connection, Executor, PgPool};

use super::{MIGRATIONS, Standing, Version, kept, leads_back, told, versions};
use crate::exit::Failure;

/// Takes the newest version of the schema back, and answers which one it was. All of it happens in one transaction,
/// which is given up when rows would be lost that nothing can make again.
///
/// # Errors
/// [`Failure::Usage`] when there is no way back, or it would lose something; nothing was changed then.
pub async fn revert(owner: &PgPool) -> Result<Version, Failure> {
    let mut connection = owner.acquire().await?;
    // Held until the connection closes at the latest: nobody migrates meanwhile.
    connection.lock().await.map_err(told)?;
    let newest =
        versions(&mut connection).await?.into_iter().rev().find(|one| one.standing != Standing::Pending);
    let newest = newest.ok_or_else(|| Failure::Usage("there is nothing to take back".to_owned()))?;
    let number = newest.number;
    let back = MIGRATIONS.iter().find(|migration| leads_back(migration, number));
    let back = back.ok_or_else(|| Failure::Usage(format!("there is no way back from migration {number}")))?;

    let mut transaction = connection.begin().await?;
    let before = kept::count(&mut transaction).await?;
    transaction.execute(back.sql.as_ref()).await?;
    sqlx::query("delete from _sqlx_migrations where version = $1")
        .bind(number)
        .execute(&mut *transaction)
        .await?;
    let lost = kept::lost(&before, &kept::count(&mut transaction).await?);
    if !lost.is_empty() {
        transaction.rollback().await?;
        connection.unlock().await.map_err(told)?;
        let lost = lost.join(", ");
        return Err(Failure::Usage(format!("migration {number} stays: taking it back would lose {lost}")));
    }
    transaction.commit().await?;
    connection.unlock().await.map_err(told)?;
    Ok(newest)
}
