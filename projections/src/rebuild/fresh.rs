//! Fresh tables beside the live ones, and how they take their place.

use sqlx::{Executor, PgConnection, PgPool};

use super::RebuildFailure;
use crate::projection::Projection;
use crate::schema::fresh;

/// Makes the tables of one read model, and its checkpoint, in the schema `rebuild_<model>`: empty, in place of what an
/// earlier rebuild left behind, and with indexes, rules and rights like the live ones. Not crash-safe until they are
/// [settled](settle). Answers their generation.
pub async fn make<P: Projection>(owner: &PgPool) -> Result<i64, RebuildFailure> {
    let (schema, mut transaction) = (fresh(P::MODEL), owner.begin().await?);
    transaction.execute(begin(&schema).as_str()).await?;
    for table in P::TABLES.iter().chain(&["checkpoint"]) {
        for line in twin(&mut transaction, &schema, table).await? {
            transaction.execute(line.as_str()).await?;
        }
    }
    // Numbers of transactions are given out once, so no other tables are of this generation.
    let generation = format!(
        "insert into {schema}.checkpoint (name, epoch, position, generation)
         select $1, epoch, 0, txid_current() from journal.epoch returning generation"
    );
    let generation =
        sqlx::query_scalar(&generation).bind(P::MODEL.name()).fetch_one(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(generation)
}

/// Writes them so that they stand a crash, all at once, and counts what is in them: so that plans on them are good from
/// the first query on.
pub async fn settle<P: Projection>(owner: &PgPool) -> Result<(), RebuildFailure> {
    let (schema, mut transaction) = (fresh(P::MODEL), owner.begin().await?);
    for table in P::TABLES.iter().chain(&["checkpoint"]) {
        transaction.execute(format!("alter table {schema}.{table} set logged").as_str()).await?;
    }
    transaction.commit().await?;
    let tables: Vec<String> = P::TABLES.iter().map(|table| format!("{schema}.{table}")).collect();
    owner.execute(format!("vacuum (analyze) {}", tables.join(", ")).as_str()).await?;
    Ok(())
}

/// Puts them in the place of the live ones, which go. With the commit, there are no fresh tables any more.
pub async fn exchange<P: Projection>(connection: &mut PgConnection) -> sqlx::Result<()> {
    let schema = fresh(P::MODEL);
    for table in P::TABLES {
        let exchange = format!("drop table read.{table}; alter table {schema}.{table} set schema read");
        (&mut *connection).execute(exchange.as_str()).await?;
    }
    connection.execute(format!("drop schema {schema} cascade").as_str()).await?;
    Ok(())
}

/// The live tables, as statements name them.
pub fn live<P: Projection>() -> String {
    P::TABLES.iter().map(|table| format!("read.{table}")).collect::<Vec<_>>().join(", ")
}

fn begin(schema: &str) -> String {
    format!(
        "drop schema if exists {schema} cascade;
         create schema {schema};
         grant usage on schema {schema} to booking_projector"
    )
}

/// The statements that make a table like the live one: so migrations alone say what tables are like.
async fn twin(connection: &mut PgConnection, schema: &str, table: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(TWIN)
        .bind(table)
        .bind(format!("read.{table}"))
        .bind(format!("{schema}.{table}"))
        .fetch_all(connection)
        .await
}

/// `$1` the table, `$2` with its schema, `$3` with that of its twin. Names of indexes and constraints are the same in
/// both: they belong to a schema, and statements name them. Rights are given in the order in which they were given.
const TWIN: &str = "
    select line from (
        select 1 as step, 0::bigint as place,
               format('create unlogged table %s (like %s including all excluding indexes)%s', $3, $2,
                      ' with (' || array_to_string(reloptions, ', ') || ')') as line
        from pg_class where oid = $2::regclass
        union all
        select 2, 0, format('alter table %s add constraint %I %s', $3, conname, pg_get_constraintdef(oid))
        from pg_constraint where conrelid = $2::regclass and contype in ('p', 'u')
        union all
        select 3, 0, replace(pg_get_indexdef(indexrelid), format(' ON %s ', $2), format(' ON %s ', $3))
        from pg_index
        where indrelid = $2::regclass
          and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u'))
        union all
        select 4, 0, format('alter table %s enable row level security', $3)
        from pg_class where oid = $2::regclass and relrowsecurity
        union all
        select 5, 0, format('alter table %s force row level security', $3)
        from pg_class where oid = $2::regclass and relforcerowsecurity
        union all
        select 6, 0,
               format('create policy %I on %s as %s for %s to %s%s%s', policyname, $3, permissive, cmd,
                      (select string_agg(quote_ident(role), ', ') from unnest(roles) as role),
                      ' using (' || qual || ')', ' with check (' || with_check || ')')
        from pg_policies where schemaname = 'read' and tablename = $1
        union all
        select 7, min(place),
               format('grant %s on %s to %s', string_agg(privilege_type, ', '), $3, grantee::regrole)
        from pg_class,
             aclexplode(relacl) with ordinality as right_of (grantor, grantee, privilege_type, grantable, place)
        where oid = $2::regclass and grantee <> relowner
        group by grantee
        union all
        select 8, 0, format('alter table %s owner to %I', $3, pg_get_userbyid(relowner))
        from pg_class where oid = $2::regclass and pg_get_userbyid(relowner) <> current_user
    ) as twin
    order by step, place, line";
