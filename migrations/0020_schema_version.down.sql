revoke select on _sqlx_migrations from
    booking_command, booking_relay, booking_projector, booking_reader, booking_reactor;
