//! Lists: rows of one tenant that meet conditions, sorted by an instant, a page at a time.

mod conditions;
mod cursor;

use booking_http::{Listing, Paging, PositionToken, Problem, Sort};
use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Postgres, QueryBuilder, Row};
use uuid::Uuid;

pub use conditions::{Conditions, Operand};
pub use cursor::Cursor;

use crate::model::Model;
use crate::scope::Scoped;

/// Where the rows of a list come from.
#[derive(Debug)]
pub struct Source {
    /// Whose position is shown.
    pub model: Model,
    /// Tables, joined.
    pub tables: &'static str,
    /// The id column, which decides among equals.
    pub id: &'static str,
    /// Columns wanted besides.
    pub columns: &'static str,
    /// What it can be sorted by: name and column of instants, each in an index after the tenant.
    pub sorts: &'static [(&'static str, &'static str)],
}

/// One page of one list.
#[derive(Debug)]
pub struct Search<'a> {
    source: &'a Source,
    conditions: &'a Conditions,
    sort: Sort,
    after: Option<Cursor>,
    paging: &'a Paging,
}

/// What was found, and when.
#[derive(Debug)]
pub struct Page<T> {
    /// What the read model showed.
    pub shown: PositionToken,
    /// The rows of the page.
    pub rows: Vec<T>,
    /// Rows on all pages, when the first was shown.
    total: u32,
    next_cursor: Option<String>,
}

impl<'a> Search<'a> {
    /// The page that `paging` asks for.
    ///
    /// # Errors
    /// 400 `INVALID_QUERY` for an order that the source does not have, or a cursor of another order.
    pub fn new(
        source: &'a Source,
        conditions: &'a Conditions,
        paging: &'a Paging,
        default: Sort,
    ) -> Result<Self, Problem> {
        let names: Vec<&str> = source.sorts.iter().map(|(name, _)| *name).collect();
        let sort = paging.sorted(&names, default)?;
        let after = paging.cursor.as_deref().map(|cursor| Cursor::read(cursor, sort)).transpose()?;
        Ok(Self { source, conditions, sort, after, paging })
    }

    /// Asks for it, with one statement.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn find<T>(&self, scoped: &mut Scoped) -> sqlx::Result<Page<T>>
    where
        T: for<'row> FromRow<'row, PgRow>,
    {
        let rows = self.sql(scoped.tenant()).build().fetch_all(scoped.connection()).await?;
        self.page(&rows)
    }

    /// At least one row: position and count stand in each, and there is one more than the page has, if it is
    /// not the last.
    fn sql(&self, tenant: Uuid) -> QueryBuilder<'static, Postgres> {
        let Source { model, tables, id, columns, .. } = self.source;
        let (field, way) = (self.column(), if self.sort.descending { "desc" } else { "asc" });
        let mut sql = QueryBuilder::new(
            "select shown.epoch, shown.position, counted.total, page.* from read.checkpoint as shown cross join (",
        );
        self.push_total(tenant, &mut sql);
        sql.push(format!(
            ") as counted left join lateral (select {id} as row_id, {field} as sorted_at, {columns} \
             from {tables} where tenant_id = "
        ));
        sql.push_bind(tenant);
        self.conditions.push_to(&mut sql);
        self.push_after(&mut sql);
        sql.push(format!(" order by {field} {way}, {id} {way} limit ")).push_bind(self.limit() + 1);
        sql.push(" offset ").push_bind(self.paging.offset());
        sql.push(") as page on true where shown.name = ").push_bind(model.name());
        sql.push(format!(" order by page.sorted_at {way}, page.row_id {way}"));
        sql
    }

    /// Counts the rows, unless a cursor has their number.
    fn push_total(&self, tenant: Uuid, sql: &mut QueryBuilder<'static, Postgres>) {
        if let Some(Cursor { total, .. }) = self.after {
            sql.push("select ").push_bind(i64::from(total)).push(" as total");
            return;
        }
        let tables = self.source.tables;
        sql.push(format!("select count(*) as total from {tables} where tenant_id = ")).push_bind(tenant);
        self.conditions.push_to(sql);
    }

    fn push_after(&self, sql: &mut QueryBuilder<'static, Postgres>) {
        let Some(Cursor { at, id, .. }) = self.after else { return };
        let beyond = if self.sort.descending { ">" } else { "<" };
        sql.push(" and (").push_bind(at).push(", ").push_bind(id);
        sql.push(format!(") {beyond} ({}, {})", self.column(), self.source.id));
    }

    fn column(&self) -> &'static str {
        let sort = self.source.sorts.iter().find(|(name, _)| *name == self.sort.field);
        sort.map_or(self.source.id, |(_, column)| column)
    }

    fn page<T>(&self, rows: &[PgRow]) -> sqlx::Result<Page<T>>
    where
        T: for<'row> FromRow<'row, PgRow>,
    {
        let first = rows.first().ok_or(sqlx::Error::RowNotFound)?;
        let shown = PositionToken { epoch: first.try_get("epoch")?, position: first.try_get("position")? };
        let total = u32::try_from(first.try_get::<i64, _>("total")?).unwrap_or(u32::MAX);
        let mut ends = rows.iter().map(|row| end(row, total)).collect::<Result<Vec<_>, _>>()?;
        let limit = self.paging.limit as usize;
        let is_last = ends.len() <= limit;
        ends.truncate(limit);
        let next_cursor = ends.last().copied().flatten().filter(|_| !is_last).map(|end| end.text(self.sort));
        let of_page = rows.iter().zip(&ends).filter(|(_, end)| end.is_some());
        let rows = of_page.map(|(row, _)| T::from_row(row)).collect::<Result<_, _>>()?;
        Ok(Page { shown, rows, total, next_cursor })
    }

    fn limit(&self) -> i64 {
        self.paging.limit.into()
    }
}

/// Where a row stands; nothing for the row that an empty page has.
fn end(row: &PgRow, total: u32) -> sqlx::Result<Option<Cursor>> {
    let id: Option<Uuid> = row.try_get("row_id")?;
    let at: Option<DateTime<Utc>> = row.try_get("sorted_at")?;
    Ok(id.map(|id| Cursor { at: at.unwrap_or(DateTime::UNIX_EPOCH), id, total }))
}

impl<T> Page<T> {
    /// The page as answered, its rows made into `data`.
    pub fn listing<D>(self, paging: &Paging, data: Vec<D>) -> Listing<D> {
        Listing::new(data, paging, self.total.into(), self.next_cursor)
    }
}

#[cfg(test)]
mod tests;
