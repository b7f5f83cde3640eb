-- Who may do what with the tables; run again whenever this file changes. The roles cannot log in until they are given a password:
-- ALTER ROLE touchstone_writer LOGIN PASSWORD '...' (in psql: \password, which does not show it to the log).
DO $$
DECLARE
    role_name  text;
    table_name text;
BEGIN
    -- Nobody else connects, and nobody makes tables of their own, not even for a while.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    -- Nor large objects, which fill the disk as well; only a superuser can say so.
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC;
    END IF;
    FOREACH role_name IN ARRAY ARRAY['touchstone_writer', 'touchstone_reader', 'bi_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role_name);
    END LOOP;
    FOREACH table_name IN ARRAY ARRAY[
        'price_floor', 'price_floor_history', 'price_breach', 'alert', 'alert_revision', 'factory_score', 'factory_score_daily',
        'factory_class_daily', 'factory_segment_daily', 'standing_history', 'item_factory'
    ] LOOP
        -- The jobs: upserts, which read the row they may replace. They delete nothing.
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO touchstone_writer', table_name);
        -- Exports and checks.
        EXECUTE format('GRANT SELECT ON %I TO touchstone_reader', table_name);
    END LOOP;
    -- BI tools: the views and nothing else; those that R__bi.sql makes anew as well.
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM bi_reader;
    GRANT USAGE ON SCHEMA bi TO bi_reader, touchstone_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA bi TO bi_reader, touchstone_reader;
    ALTER DEFAULT PRIVILEGES IN SCHEMA bi GRANT SELECT ON TABLES TO bi_reader, touchstone_reader;
    ALTER ROLE bi_reader SET search_path = bi;
    -- A query that went astray must not hold up the jobs. These are defaults, which whoever means to can change.
    ALTER ROLE bi_reader SET default_transaction_read_only = on;
    ALTER ROLE bi_reader SET statement_timeout = '5min';
    -- Months that a question leaves out are left out of every table that it joins.
    ALTER ROLE bi_reader SET enable_partitionwise_join = on;
    ALTER ROLE bi_reader CONNECTION LIMIT 20;
END $$;
