drop function journal.outcomes, journal.append, journal.moved_groups, journal.append_lock;
drop schema keys cascade;
drop table journal.name, journal.ledger;
