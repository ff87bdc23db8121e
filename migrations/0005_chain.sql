-- The hash chain: what shows afterwards that an event was edited, dropped, added or moved past the triggers.
--
-- Each event's hash is taken over the hash before it and the event's own bytes; `journal/src/chain/link.rs` says
-- which. The relay computes them in order of position, outside of the append, and stores the last one of each
-- batch here. The hash does not depend on where batches end.

-- One row for each batch: the events with since < position <= until, and the hash after the last of them.
-- A row hangs on the row that ends where it begins, and only one row can: a chain that forks, or that skips
-- events, cannot be stored.
create table journal.chain (
    until bigint not null constraint chain_pkey primary key,
    since bigint constraint chain_since_key unique
        constraint chain_since_fkey references journal.chain (until),
    hash  bytea not null constraint chain_hash_bytes check (octet_length(hash) = 32),
    -- Rows are what may have to be computed again, so they are bounded.
    constraint chain_forwards check (since < until and until <= since + 2048),
    constraint chain_start check ((since is null) = (until = 0))
);
-- What the chain begins with. A restore keeps the rows of the events that it keeps, and the chain goes on over
-- them; the epoch is signed with a head, and is in no event's hash.
insert into journal.chain (until, hash)
values (0, sha256('booking journal, chain 1: from position 1 on, through every epoch'));

-- Heads of the chain, signed by the relay's key from time to time. Whoever keeps a copy elsewhere can show later
-- that history was not written anew up to there.
create table journal.signed_head (
    epoch     integer not null constraint signed_head_epoch_positive check (0 < epoch),
    position  bigint not null constraint signed_head_position_fkey references journal.chain (until),
    hash      bytea not null constraint signed_head_hash_bytes check (octet_length(hash) = 32),
    signed_at timestamptz not null,
    key_id    text collate "C" not null, -- names the public key
    signature bytea not null constraint signed_head_signature_bytes check (octet_length(signature) = 64), -- Ed25519
    constraint signed_head_pkey primary key (position, epoch, key_id)
);

do $$
declare
    table_name text;
begin
    foreach table_name in array array['chain', 'signed_head'] loop
        execute format('create trigger %I before update or delete on journal.%I
                        for each row execute function journal.refuse_change()', table_name || '_is_forever', table_name);
        execute format('create trigger %I before truncate on journal.%I
                        for each statement execute function journal.refuse_change()',
                       table_name || '_is_forever_too', table_name);
        execute format('grant select, insert on journal.%I to booking_relay', table_name);
        execute format('grant select on journal.%I to booking_projector', table_name);
    end loop;
end $$;
