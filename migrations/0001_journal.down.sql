-- Refused as soon as there is an event. The database roles stay: they belong to the cluster.
drop schema journal cascade;
