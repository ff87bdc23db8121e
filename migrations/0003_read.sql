-- The read models: what queries are answered from. All of it can be rebuilt from the journal.
--
-- Tables bear the version of their shape: a new shape is a new table beside the old one. The tenant comes
-- first in every key. Row-level security is the second wall behind the code's own: the projector's batches
-- span tenants, a reader sees one tenant, and without one it gets an error, not an empty table.

create schema read;
grant usage on schema read to booking_projector, booking_reader;

-- How far each projection has come. It moves in the transaction that writes the rows. A restore that starts
-- a new epoch and brings `read` back together with the journal sets the epoch here as well; if it does not,
-- the projections stop until they are rebuilt.
create table read.checkpoint (
    name     text collate "C" not null constraint checkpoint_pkey primary key,
    epoch    integer not null constraint checkpoint_epoch_positive check (0 < epoch),
    position bigint not null constraint checkpoint_position_not_negative check (0 <= position)
) with (fillfactor = 10); -- every batch makes a new version of the row: they shall fit on its page
insert into read.checkpoint (name, epoch, position)
select name, epoch, 0 from journal.epoch cross join (values ('booking_v1'), ('flight_v1')) as projection (name);
grant select, update on read.checkpoint to booking_projector;
grant select on read.checkpoint to booking_reader;

-- One row per booking; the columns are what lists are filtered and sorted by, the document is all of it.
-- Documents are JSON that the projection alone writes and no query looks into: as `json` they would be checked
-- once more, for a third of what the insert costs. Three KB stay in the row, uncompressed: sealed texts do not
-- shrink.
create table read.booking_v1 (
    tenant_id         uuid not null,
    booking_id        uuid not null,
    booking_reference text collate "C" not null,
    status            text collate "C" not null,
    customer_id       uuid not null,
    flight_id         uuid,        -- the first departure's
    start_time        timestamptz, -- of the earliest item
    created_at        timestamptz not null,
    position          bigint not null, -- of the last event in the row
    document          text not null,
    constraint booking_v1_pkey primary key (tenant_id, booking_id)
) with (toast_tuple_target = 8160);
create index booking_v1_reference on read.booking_v1 (tenant_id, booking_reference);
create index booking_v1_created_at on read.booking_v1 (tenant_id, created_at, booking_id);
create index booking_v1_start_time on read.booking_v1 (tenant_id, start_time, booking_id) include (status);
create index booking_v1_customer on read.booking_v1 (tenant_id, customer_id, created_at);
create index booking_v1_flight on read.booking_v1 (tenant_id, flight_id);

-- One row per departure: what is said about it when it is put on the timetable. Changes rarely.
create table read.flight_v1 (
    tenant_id      uuid not null,
    flight_id      uuid not null,
    flight_number  text collate "C" not null,
    origin         text collate "C" not null,
    destination    text collate "C" not null,
    departure_at   timestamptz not null,
    departure_date date not null,             -- on the calendar of the origin
    status         text collate "C" not null, -- scheduled or cancelled; that it has departed the clock says
    sales_open     boolean not null,
    position       bigint not null,           -- of the last event in the row
    document       text not null,
    constraint flight_v1_pkey primary key (tenant_id, flight_id)
);
create index flight_v1_departure_at on read.flight_v1 (tenant_id, departure_at, flight_id);
create index flight_v1_route on read.flight_v1 (tenant_id, origin, destination, departure_date);
create index flight_v1_number on read.flight_v1 (tenant_id, flight_number, departure_at);

-- One row per departure: which of its seats are gone, one bit each in the order of its cabins (the lowest bit
-- of the first byte is the first seat), and how full its pools are. Small, because it changes with every
-- booking; who sits where is not in it.
create table read.seat_map_v1 (
    tenant_id uuid not null,
    flight_id uuid not null,
    taken     bytea not null,
    blocked   bytea not null,
    pools     text not null,   -- [{class, capacity, overbooking_limit, claimed}] in the order of the cabins
    position  bigint not null, -- of the last event in the row or in the departure's claims
    constraint seat_map_v1_pkey primary key (tenant_id, flight_id)
) with (fillfactor = 50);
alter table read.seat_map_v1 alter column taken set storage plain, alter column blocked set storage plain;

-- One narrow row per taken seat: whose it is and since when. None for a free one.
create table read.seat_claim_v1 (
    tenant_id   uuid not null,
    flight_id   uuid not null,
    seat_number text collate "C" not null,
    booking_id  uuid not null,
    claimed_at  timestamptz not null,
    constraint seat_claim_v1_pkey primary key (tenant_id, flight_id, seat_number)
);

do $$
declare
    table_name text;
begin
    foreach table_name in array array['booking_v1', 'flight_v1', 'seat_map_v1', 'seat_claim_v1'] loop
        execute format('alter table read.%I enable row level security, force row level security', table_name);
        execute format('create policy %I on read.%I to booking_projector using (true) with check (true)',
                       table_name || '_projector', table_name);
        -- Without a default on purpose: a query outside of a tenant fails.
        execute format('create policy %I on read.%I for select to booking_reader
                        using (tenant_id = current_setting(''app.tenant'')::uuid)',
                       table_name || '_reader', table_name);
        execute format('grant select, insert, update, delete on read.%I to booking_projector', table_name);
        execute format('grant select on read.%I to booking_reader', table_name);
    end loop;
end $$;
