-- All of it can be made again from the journal.
drop schema read cascade;
