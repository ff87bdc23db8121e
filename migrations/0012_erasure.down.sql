drop policy booking_v1_command on read.booking_v1;
revoke select on read.booking_v1, read.checkpoint from booking_command;
revoke usage on schema read from booking_command;
drop trigger account_destroys_key on identity.account;
drop function identity.destroy_key;
drop trigger event_destroys_keys on journal.event;
drop function journal.destroy_keys;
