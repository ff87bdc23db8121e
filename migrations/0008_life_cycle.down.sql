-- The read model's rows are made anew once more.
alter table read.booking_v1 drop column archived;
truncate read.booking_v1;
update read.checkpoint set position = 0 where name = 'booking_v1';
