-- Read models that are made anew while their workers go on, and workers that have stopped.

-- Which tables these are: a rebuild puts others in their place, in the commit that says so here. A worker keeps rows
-- in memory, and must not store what came from tables that are gone. 0 are those that migrations made.
alter table read.checkpoint add column generation bigint not null default 0;

-- At rest there is no row. One says what a worker does not pass; it goes when the worker has passed it.
create table read.stop (
    name     text collate "C" not null constraint stop_pkey primary key,
    position bigint not null constraint stop_position_positive check (0 < position), -- of the first event not taken in
    reason   text not null, -- words of the program; personal data is sealed in events, and never in them
    since    timestamptz not null
);

-- How far a rebuild is, once a second. One that died leaves its row; who works holds the lease `rebuild <name>`.
create table read.rebuild (
    name     text collate "C" not null constraint rebuild_pkey primary key,
    phase    text collate "C" not null,
    position bigint not null, -- that the fresh tables have reached
    goal     bigint not null, -- the journal's end when that was last looked at
    began_at timestamptz not null,
    said_at  timestamptz not null
);
grant select, insert, update, delete on read.stop, read.rebuild to booking_projector;
grant select on read.stop, read.rebuild to booking_reader;
