-- The one way into the journal: `journal.append`, and what it keeps beside the events.

-- Answers by command: a repeat gets what the first one got. Ids, status and code, never a body.
create table journal.ledger (
    tenant_id   uuid not null,
    caller      text collate "C" not null,
    key         text collate "C" not null,
    fingerprint bytea not null,
    status      smallint not null, -- 0 done, 1 refused as absent, 2 as in conflict, 3 as wrong
    code        text,
    subject     text not null,     -- aggregate id that the answer is about
    position    bigint not null,   -- at which the answer is folded
    expires_at  timestamptz not null,
    constraint ledger_pkey primary key (tenant_id, caller, key)
);
create index ledger_expires_at on journal.ledger (expires_at);

-- Names that one stream alone may bear. The nil tenant stands for the whole platform.
create table journal.name (
    tenant_id    uuid not null,
    kind         text collate "C" not null,
    value        text collate "C" not null,
    aggregate_id text not null,
    constraint name_pkey primary key (tenant_id, kind, value)
);

-- One key for each person, wrapped by the master key. Deleting a row erases the person everywhere.
create schema keys;
create table keys.subject (
    tenant_id  uuid not null,
    subject_id uuid not null,
    wrapped    bytea not null,
    created_at timestamptz not null default now(),
    constraint subject_pkey primary key (tenant_id, subject_id)
);

-- The lock under which all processes append, one after another.
create function journal.append_lock() returns bigint language sql immutable as 'select 7305211840934017';

-- Groups of requests that touch a stream written after `known`. A touch of type '' means any stream whose id
-- starts with the 36 signs given: a departure with all its seats and pools.
create function journal.moved_groups(known bigint, t_group integer[], t_type text[], t_id text[])
    returns integer[] language sql volatile
    set enable_nestloop = off
    as $$
    with moved as materialized (
        select distinct aggregate_type, aggregate_id from journal.event where known < position
    ), touched as materialized (
        select * from unnest(t_group, t_type, t_id) as t (group_no, type, id)
    )
    select coalesce(array_agg(distinct group_no), '{}') from (
        select group_no from touched join moved on aggregate_type = type and aggregate_id = id
        union all
        select group_no from touched join moved on left(aggregate_id, 36) = id where type = ''
    ) as hit
$$;

-- Appends the events of many requests in one commit. Arrays of one prefix are columns of one table:
-- r_ requests in the order they were decided (lives_s = 0: the answer is not kept), t_ streams touched, e_ events, n_ names claimed, k_ new keys.
-- Requests of one group depend on each other. Left out, with all their group, are requests that touch a stream
-- written after `known`, that were answered before, or that claim a name which another stream bears; all
-- others are stored. Positions follow `head` in the order of the events that are stored.
create function journal.append(
    known bigint,
    r_tenant uuid[], r_caller text[], r_key text[], r_fingerprint bytea[], r_status smallint[], r_code text[],
    r_subject text[], r_lives_s integer[], r_events integer[], r_group integer[],
    t_group integer[], t_type text[], t_id text[],
    e_request integer[], e_type text[], e_stream text[], e_sequence bigint[], e_name text[], e_version text[],
    e_id uuid[], e_tenant uuid[], e_payload text[], e_metadata text[],
    n_request integer[], n_tenant uuid[], n_kind text[], n_value text[], n_owner text[],
    k_request integer[], k_tenant uuid[], k_subject uuid[], k_wrapped bytea[],
    out head bigint, out recorded_at timestamptz,
    out moved integer[],
    out repeated bigint[], out same boolean[], out status smallint[], out code text[], out subject text[],
    out positions bigint[],
    out clashed bigint[], out bearers text[]
) language plpgsql volatile as $$
declare
    last_at  timestamptz;
    left_out integer[];
    place    bigint[]; -- of each event among those that are stored, 0 when it is left out; null: all are stored
    stored   bigint;
begin
    perform pg_advisory_xact_lock(journal.append_lock());

    select e.position, e.recorded_at into head, last_at from journal.event e order by e.position desc limit 1;
    head := coalesce(head, 0);
    recorded_at := greatest(clock_timestamp(), last_at);

    select coalesce(array_agg(r.n), '{}'), array_agg(l.fingerprint = r.fingerprint), array_agg(l.status),
           array_agg(l.code), array_agg(l.subject), array_agg(l.position)
      into repeated, same, status, code, subject, positions
      from unnest(r_tenant, r_caller, r_key, r_fingerprint) with ordinality as r (tenant, caller, key, fingerprint, n)
      cross join lateral (
          select * from journal.ledger l
           where l.tenant_id = r.tenant and l.caller = r.caller and l.key = r.key and append.recorded_at < l.expires_at
           limit 1
      ) as l;

    moved := '{}';
    if known < head then
        moved := journal.moved_groups(known, t_group, t_type, t_id);
    end if;

    select coalesce(array_agg(n.i), '{}'), array_agg(b.aggregate_id) into clashed, bearers
      from unnest(n_tenant, n_kind, n_value, n_owner) with ordinality as n (tenant, kind, value, owner, i)
      cross join lateral (
          select * from journal.name b
           where b.tenant_id = n.tenant and b.kind = n.kind and b.value = n.value and b.aggregate_id <> n.owner
           limit 1
      ) as b;

    left_out := moved
        || array(select r_group[n] from unnest(repeated) as n)
        || array(select r_group[n_request[i]] from unnest(clashed) as i);

    -- Events come in order, so each one's number gives its position. Only when some are left out are they counted,
    -- without their payloads: a window function over the rows would sort all of them.
    if left_out <> '{}' then
        select array_agg(case when stays then among else 0 end order by n) into place
          from (select n, stays, count(*) filter (where stays) over (order by n) as among
                  from (select n, r_group[request] <> all (left_out) as stays
                          from unnest(e_request) with ordinality as e (request, n)) as e) as counted;
    end if;

    insert into journal.event (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                               position, event_id, tenant_id, recorded_at)
    select e.type, e.stream, e.sequence, e.name, e.version, e.payload::json, e.metadata::json,
           append.head + coalesce(place[e.n], e.n), e.id, e.tenant, append.recorded_at
      from unnest(e_type, e_stream, e_sequence, e_name, e_version, e_id, e_tenant, e_payload, e_metadata)
           with ordinality as e (type, stream, sequence, name, version, id, tenant, payload, metadata, n)
     where place is null or 0 < place[e.n];
    get diagnostics stored = row_count;

    insert into journal.ledger as l (tenant_id, caller, key, fingerprint, status, code, subject, position, expires_at)
    select r.tenant, r.caller, r.key, r.fingerprint, r.status, r.code, r.subject,
           append.head + sum(r.events) over (order by r.n),
           append.recorded_at + make_interval(secs => r.lives_s)
      from unnest(r_tenant, r_caller, r_key, r_fingerprint, r_status, r_code, r_subject, r_lives_s, r_events, r_group)
           with ordinality as r (tenant, caller, key, fingerprint, status, code, subject, lives_s, events, group_no, n)
     where 0 < r.lives_s and (left_out = '{}' or r.group_no <> all (left_out))
        on conflict (tenant_id, caller, key) do update
       set fingerprint = excluded.fingerprint, status = excluded.status, code = excluded.code,
           subject = excluded.subject, position = excluded.position, expires_at = excluded.expires_at
     where l.expires_at <= append.recorded_at;

    insert into journal.name (tenant_id, kind, value, aggregate_id)
    select n.tenant, n.kind, n.value, n.owner
      from unnest(n_request, n_tenant, n_kind, n_value, n_owner) as n (request, tenant, kind, value, owner)
     where left_out = '{}' or r_group[n.request] <> all (left_out)
        on conflict do nothing;

    insert into keys.subject (tenant_id, subject_id, wrapped)
    select k.tenant, k.subject, k.wrapped
      from unnest(k_request, k_tenant, k_subject, k_wrapped) as k (request, tenant, subject, wrapped)
     where left_out = '{}' or r_group[k.request] <> all (left_out);

    if 0 < stored then
        perform pg_notify('journal', (head + stored)::text);
    end if;
end $$;

-- What became of requests whose answer was lost: asked under the lock, because their commit may be under way.
create function journal.outcomes(r_tenant uuid[], r_caller text[], r_key text[], r_fingerprint bytea[])
    returns table (n bigint, same boolean, status smallint, code text, subject text, "position" bigint)
    language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(journal.append_lock());
    return query
        select r.n, l.fingerprint = r.fingerprint, l.status, l.code, l.subject, l.position
          from unnest(r_tenant, r_caller, r_key, r_fingerprint) with ordinality
               as r (tenant, caller, key, fingerprint, n)
          join journal.ledger l on l.tenant_id = r.tenant and l.caller = r.caller and l.key = r.key
         where clock_timestamp() < l.expires_at;
end $$;

-- The writing role appends through the function alone; the function's owner may insert.
revoke execute on function journal.append, journal.outcomes, journal.moved_groups from public;
grant execute on function journal.append, journal.outcomes, journal.moved_groups to booking_command;
alter function journal.append security definer;
alter function journal.append set search_path = pg_catalog, pg_temp;
grant select, delete on journal.ledger to booking_command;
grant usage on schema keys to booking_command, booking_reader;
grant select, insert on keys.subject to booking_command;
grant select on keys.subject to booking_reader;
grant select on journal.name to booking_command, booking_projector, booking_reader;
