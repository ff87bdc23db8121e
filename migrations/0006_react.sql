-- Reactors: what is still to be done about what has happened, and when.
--
-- Timers follow from the journal, as the rows of `read` do: a reactor reads every event once and sets or drops
-- them in the transaction that moves its checkpoint. Deeds are done at least once, each under a key that follows
-- from its timer, so a row that a crash brings back costs a repeat that is recognised, and nothing else.

do $$
begin
    create role booking_reactor nologin;
exception when duplicate_object or unique_violation then
    null; -- roles belong to the cluster; another database of it has made it already
end $$;
grant booking_reactor to current_user;

-- It reads events. What its deeds write goes through the journal's door, in the role booking_command.
grant usage on schema journal to booking_reactor;
grant select on journal.event, journal.epoch to booking_reactor;

create schema react;
grant usage on schema react to booking_reactor;

-- How far each reactor has read. A restore that starts a new epoch and brings `react` back together with the
-- journal sets the epoch here as well; if it does not, the reactors stop.
create table react.checkpoint (
    name     text collate "C" not null constraint checkpoint_pkey primary key,
    epoch    integer not null constraint checkpoint_epoch_positive check (0 < epoch),
    position bigint not null constraint checkpoint_position_not_negative check (0 <= position)
) with (fillfactor = 10); -- every batch makes a new version of the row: they shall fit on its page
grant select, update on react.checkpoint to booking_reactor;

-- Each reactor starts at a stated position. Expiry answers the past: what was left unpaid before it came still
-- holds its seats. One that writes to people starts at the journal's head, or it would write about years gone by.
insert into react.checkpoint (name, epoch, position) select 'expiry', epoch, 0 from journal.epoch;

-- What is to be done at an instant. A row goes when its deed is done, or when nothing is left to be done. Whoever
-- does the deed holds the row's lock meanwhile, and others step over it: any number of processes share them.
create table react.timer (
    tenant_id      uuid not null,
    reactor        text collate "C" not null,
    key            text collate "C" not null, -- the same news names the same timer
    subject_id     uuid not null,             -- what it is about, such as the booking
    due_at         timestamptz not null,
    cause_id       uuid not null,             -- the event that set it
    correlation_id text,                      -- that event's
    attempts       integer not null constraint timer_attempts_not_negative check (0 <= attempts), -- that failed
    next_try_at    timestamptz not null,      -- due_at, until one fails
    last_error     text,                      -- word code of the last one
    constraint timer_pkey primary key (tenant_id, reactor, key)
);
create index timer_next_try_at on react.timer (reactor, next_try_at);

-- Timers whose deeds failed again and again, with all that is needed to try once more by hand or to let it be. At
-- rest there are none; migrations/README.md says what to do with one.
create table react.dead_letter (
    tenant_id      uuid not null,
    reactor        text collate "C" not null,
    key            text collate "C" not null,
    subject_id     uuid not null,
    due_at         timestamptz not null,
    cause_id       uuid not null,
    correlation_id text,
    attempts       integer not null constraint dead_letter_attempts_positive check (0 < attempts),
    last_error     text not null,
    given_up_at    timestamptz not null,
    constraint dead_letter_pkey primary key (tenant_id, reactor, key)
);

grant select, insert, update, delete on react.timer, react.dead_letter to booking_reactor;
