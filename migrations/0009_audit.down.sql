revoke select on journal.chain, journal.signed_head from booking_reader;
