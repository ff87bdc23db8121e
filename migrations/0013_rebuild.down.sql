-- Tables that a rebuild has made stay: they are like those that migrations made.
drop table read.rebuild, read.stop;
alter table read.checkpoint drop column generation;
