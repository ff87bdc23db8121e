-- Erasing a person: the key goes in the commit that says so, whoever appends it, and running processes are told.
--
-- What is left is the row, with nothing in it: a key that was made anew would seal texts that nobody was promised
-- would be kept, and would not open the old ones. Reads version 1 of `customer.erased`.
create function journal.destroy_keys() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp as $$
begin
    insert into keys.subject (tenant_id, subject_id, wrapped)
    select new.tenant_id, subject_id, ''
      from (select (new.payload ->> 'customer_id')::uuid
             union
            select id::uuid from json_array_elements_text(new.payload -> 'passenger_ids') as passenger (id)
           ) as erased (subject_id)
        on conflict on constraint subject_pkey do update set wrapped = '';
    perform pg_notify('erased', '');
    return null;
end $$;
revoke execute on function journal.destroy_keys from public;
create trigger event_destroys_keys after insert on journal.event
    for each row when (new.event_type = 'customer.erased') execute function journal.destroy_keys();

-- The same for an account that goes: its texts are sealed for the platform, whose tenant is nil. Accounts are deleted
-- by a role that may not touch keys, so the function has the rights of its owner.
create function identity.destroy_key() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as $$
begin
    update keys.subject set wrapped = ''
     where tenant_id = '00000000-0000-0000-0000-000000000000' and subject_id = old.user_id;
    perform pg_notify('erased', '');
    return null;
end $$;
revoke execute on function identity.destroy_key from public;
create trigger account_destroys_key after delete on identity.account
    for each row execute function identity.destroy_key();

-- Which bookings a customer has, the journal can say of no customer. What the list names is decided on by the journal.
grant usage on schema read to booking_command;
grant select on read.booking_v1, read.checkpoint to booking_command;
create policy booking_v1_command on read.booking_v1 for select to booking_command
    using (tenant_id = current_setting('app.tenant')::uuid);
