//! What no step back may lose: rows that nothing can make again.

use std::collections::BTreeMap;

use sqlx::PgConnection;

/// Tables whose every row counts, by schema. `read` and the timers of `react` follow from the journal.
const SCHEMAS: [&str; 3] = ["journal", "keys", "identity"];

/// Single tables besides.
const TABLES: [&str; 1] = ["react.dead_letter"];

/// Rows that migrations themselves put there: no news would be lost with them.
const NO_NEWS: [(&str, &str); 2] = [("journal.epoch", "false"), ("journal.chain", "until <> 0")];

/// How many rows each table has that may not be lost.
pub type Rows = BTreeMap<String, i64>;

/// Counts them.
///
/// # Errors
/// When Postgres fails.
pub async fn count(connection: &mut PgConnection) -> sqlx::Result<Rows> {
    let tables: Vec<String> =
        sqlx::query_scalar(FOUND).bind(SCHEMAS).bind(TABLES).fetch_all(&mut *connection).await?;
    let mut rows = Rows::new();
    for table in tables {
        let news = NO_NEWS.iter().find(|(one, _)| *one == table).map_or("true", |(_, news)| news);
        let count = format!("select count(*) from {table} where {news}");
        rows.insert(table, sqlx::query_scalar(&count).fetch_one(&mut *connection).await?);
    }
    Ok(rows)
}

/// What was there before and is not after, such as `3 rows of journal.event`.
pub fn lost(before: &Rows, after: &Rows) -> Vec<String> {
    let gone = |(table, had): (&String, &i64)| {
        let lost = had - after.get(table).copied().unwrap_or(0);
        (0 < lost).then(|| format!("{lost} rows of {table}"))
    };
    before.iter().filter_map(gone).collect()
}

/// Names as statements want them, quoted where need be.
const FOUND: &str = "
    select format('%I.%I', nspname, relname) from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where relkind = 'r' and (nspname = any ($1) or format('%I.%I', nspname, relname) = any ($2))
    order by 1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_less_than_before_is_lost() {
        let rows = |counts: &[(&str, i64)]| {
            counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
        };
        let before: Rows = rows(&[("journal.event", 3), ("journal.name", 2), ("journal.chain", 0)]);
        assert_eq!(lost(&before, &before), Vec::<String>::new());
        assert_eq!(lost(&before, &rows(&[("journal.event", 4), ("journal.name", 2)])), Vec::<String>::new());
        assert_eq!(
            lost(&before, &rows(&[("journal.event", 1)])),
            ["2 rows of journal.event", "2 rows of journal.name"]
        );
    }
}
