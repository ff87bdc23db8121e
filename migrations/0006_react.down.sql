-- Timers follow from the journal; dead letters do not, so it is refused while there are any. The database role stays:
-- it belongs to the cluster.
revoke all on journal.event, journal.epoch from booking_reactor;
revoke usage on schema journal from booking_reactor;
drop schema react cascade;
