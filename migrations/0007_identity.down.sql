-- Accounts, sessions and keys of programs follow from nothing else, so it is refused while there are any. The database
-- role stays: it belongs to the cluster.
revoke usage on schema identity from booking_command, booking_reader;
drop schema identity cascade;
