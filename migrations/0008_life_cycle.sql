-- Bookings that are put away, which lists leave out.
--
-- Documents say more than before, too (what was paid, further departures): the projection makes every row anew. There
-- is no release yet, so nobody misses the rows meanwhile; from the first release on such a change is a table of its
-- own beside the old one.
alter table read.booking_v1 add column archived boolean not null default false;
truncate read.booking_v1;
update read.checkpoint set position = 0 where name = 'booking_v1';
