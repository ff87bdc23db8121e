-- Refused as soon as the relay has chained something: the rows are what later shows that nobody edited the journal.
drop table journal.signed_head, journal.chain;
