-- The reactor that sees to the bookings of departures which are cancelled, moved, or get other seats.
--
-- It answers the past: bookings on departures that were cancelled before it came still hold their seats. Its commands
-- are safe when late, and one that finds everything in order stores nothing but that it has looked.
insert into react.checkpoint (name, epoch, position) select 'disruption', epoch, 0 from journal.epoch;
