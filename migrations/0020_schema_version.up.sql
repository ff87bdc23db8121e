-- Every role may see which migrations there are, so that a program can tell at its start that the schema lacks what it
-- needs, or is newer than the program.
grant select on _sqlx_migrations to
    booking_command, booking_relay, booking_projector, booking_reader, booking_reactor;
