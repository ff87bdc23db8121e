-- The journal: what happened, in one order, for ever.
--
-- `journal.event` is a superset of the table that postgres-es reads. `position` is given under one lock,
-- so it has no gaps and follows the order of commits. `json`, not `jsonb`: stored byte for byte, and cheaper.

-- Roles by least privilege. They cannot log in: a login of your own is granted the one that its process needs.
do $$
declare
    role_name text;
begin
    foreach role_name in array array['booking_command', 'booking_relay', 'booking_projector', 'booking_reader'] loop
        begin
            execute format('create role %I nologin', role_name);
        exception when duplicate_object or unique_violation then
            null; -- roles belong to the cluster; another database of it has made them already
        end;
        execute format('grant %I to current_user', role_name);
    end loop;
end $$;

create schema journal;
grant usage on schema journal to booking_command, booking_relay, booking_projector, booking_reader;

create table journal.epoch (
    only_row boolean constraint epoch_pkey primary key default true constraint epoch_only_row check (only_row),
    epoch    integer not null constraint epoch_positive check (epoch > 0)
);
insert into journal.epoch (epoch) values (1);
grant select on journal.epoch to booking_command, booking_relay, booking_projector, booking_reader;

create table journal.event (
    aggregate_type text collate "C" not null,
    aggregate_id   text collate "C" not null,
    sequence       bigint not null constraint event_sequence_positive check (sequence > 0),
    event_type     text not null,
    event_version  text not null,
    payload        json not null,
    metadata       json not null,
    position       bigint not null constraint event_position_key unique
        constraint event_position_positive check (position > 0),
    event_id       uuid not null,
    tenant_id      uuid not null,
    recorded_at    timestamptz not null,
    constraint event_pkey primary key (aggregate_type, aggregate_id, sequence)
);
grant select on journal.event to booking_command, booking_relay, booking_projector, booking_reader;

create function journal.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the journal is only ever appended to' using errcode = 'insufficient_privilege';
end $$;

create trigger event_is_forever before update or delete on journal.event
    for each row execute function journal.refuse_change();
create trigger event_is_forever_too before truncate on journal.event
    for each statement execute function journal.refuse_change();
