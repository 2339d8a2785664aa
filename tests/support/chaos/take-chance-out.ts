import type postgres from 'postgres';

/**
 * Has a database draw ids from a counter, in the form of random ones, and the queue's clock stand still but for one step
 * with each look at it: both decide which job comes first. What the queue does once a minute is left out.
 */
export async function takeChanceOut(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create sequence id_counter;
    create function public.gen_random_uuid() returns uuid language sql volatile as $$
      select overlay(overlay(md5('id ' || nextval('public.id_counter')) placing '4' from 13) placing 'a' from 17)::uuid
    $$;
    do $$
      declare here record;
      begin
        for here in
          select table_schema, table_name, column_name from information_schema.columns
          where column_default like '%gen_random_uuid()' and table_schema in ('public', 'pgboss')
        loop
          execute format('alter table %I.%I alter column %I set default public.gen_random_uuid()',
            here.table_schema, here.table_name, here.column_name);
        end loop;
        -- Looked for by its bare name, a function of ours comes first.
        execute format('alter database %I set search_path = public, pg_catalog', current_database());
      end
    $$;
    create sequence clock_counter;
    create or replace function pgboss.job_now() returns timestamptz language sql volatile as $$
      select timestamptz '2030-01-01Z' + nextval('public.clock_counter') * interval '1 millisecond'
    $$;
    update pgboss.version set bam_on = timestamptz '2100-01-01Z'`);
}
