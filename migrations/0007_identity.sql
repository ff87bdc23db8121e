-- Who may come in: accounts and their sessions. Secrets lie here and nowhere else; what an account is and may be
-- within a business are facts, and lie in the journal (streams `user`).
--
-- Accounts belong to the platform: one address, one account, in whichever businesses it is known. No address, name
-- or number stands here in the clear: an address is looked up by a keyed hash, and texts are sealed under the
-- account's own key (`keys.subject`, of no tenant).

do $$
begin
    create role booking_identity nologin;
exception when duplicate_object or unique_violation then
    null; -- roles belong to the cluster; another database of it has made it already
end $$;
grant booking_identity to current_user;

create schema identity;
grant usage on schema identity to booking_identity;

create table identity.account (
    user_id             uuid not null constraint account_pkey primary key,
    email_hash          bytea not null constraint account_email_hash_key unique
        constraint account_email_hash_bytes check (octet_length(email_hash) = 32),
    email               text not null constraint account_email_sealed check (email like 'sealed:%'),
    full_name           text not null constraint account_full_name_sealed check (full_name like 'sealed:%'),
    phone_number        text constraint account_phone_number_sealed check (phone_number like 'sealed:%'),
    password_hash       text not null constraint account_password_hashed check (password_hash like '$argon2id$%'),
    password_changed_at timestamptz not null,
    created_at          timestamptz not null,
    request_hash        bytea -- keyed hash of the request that made it, when that had an Idempotency-Key
);

-- One row for each log-in: a family of refresh tokens, each of which follows from the row, its generation and the
-- master key. So no token stands here, and what stands here opens nothing. A row stays until its last token would
-- have expired, so that one that comes again is known.
create table identity.session (
    session_id uuid not null constraint session_pkey primary key,
    user_id    uuid not null constraint session_account_fkey references identity.account on delete cascade,
    tenant_id  uuid not null,
    salt       bytea not null constraint session_salt_bytes check (octet_length(salt) = 16),
    generation integer not null constraint session_generation_not_negative check (0 <= generation),
    rotated_at timestamptz not null, -- when the present generation began
    expires_at timestamptz not null, -- of the present generation's token
    ended_at   timestamptz,
    end_cause  text constraint session_end_cause
        check (end_cause in ('logged_out', 'token_reused', 'password_changed', 'user_deactivated')),
    constraint session_end check ((ended_at is null) = (end_cause is null))
);
create index session_user_id on identity.session (user_id);
create index session_expires_at on identity.session (expires_at);

-- How often something was tried lately, over all processes: passwords of an address, codes asked for. `subject` is
-- a keyed hash. A row whose window has passed counts as absent.
create table identity.attempt (
    subject      bytea not null constraint attempt_pkey primary key
        constraint attempt_subject_bytes check (octet_length(subject) = 32),
    attempts     integer not null constraint attempt_positive check (0 < attempts),
    window_until timestamptz not null
);
create index attempt_window_until on identity.attempt (window_until);

-- The newest code with which an account may set a new password. It follows from `reset_id` and the master key.
create table identity.password_reset (
    user_id      uuid not null constraint password_reset_pkey primary key
        constraint password_reset_account_fkey references identity.account on delete cascade,
    reset_id     uuid not null,
    tenant_id    uuid not null, -- within which it was asked for
    tries        integer not null constraint password_reset_tries_not_negative check (0 <= tries),
    requested_at timestamptz not null,
    expires_at   timestamptz not null
);
create index password_reset_expires_at on identity.password_reset (expires_at);

grant select, insert, update, delete
    on identity.account, identity.session, identity.attempt, identity.password_reset to booking_identity;

-- Keys of a business's programs. What is kept of a key is a hash; its bytes are by chance, so nobody guesses them.
create table identity.api_key (
    tenant_id  uuid not null,
    api_key_id uuid not null,
    key_hash   bytea not null constraint api_key_key_hash_key unique
        constraint api_key_key_hash_bytes check (octet_length(key_hash) = 32),
    name       text not null,
    scopes     text[] not null,
    created_by uuid not null,
    created_at timestamptz not null,
    revoked_by uuid,
    revoked_at timestamptz,
    constraint api_key_pkey primary key (tenant_id, api_key_id),
    constraint api_key_revoked check ((revoked_at is null) = (revoked_by is null))
);
grant select, insert, update on identity.api_key to booking_identity;

-- Both faces look up whose a key is.
grant usage on schema identity to booking_command, booking_reader;
grant select on identity.api_key to booking_command, booking_reader;
