alter table journal.event reset (toast_tuple_target);
drop index journal.ledger_expires_at;
create index ledger_expires_at on journal.ledger (expires_at);
