-- The daily tables in partitions of a month each, so that old months go at once; what the views of schema bi need beside that.

-- Which factory sells an item: prices of factories cannot be compared without it.
CREATE TABLE item_factory (
    sku_id         text        NOT NULL,
    channel        text        NOT NULL,
    currency       text        NOT NULL,
    since          timestamptz NOT NULL,
    factory_id     text        NOT NULL,
    category_id    text        NOT NULL,
    policy_version text        NOT NULL,
    PRIMARY KEY (sku_id, channel, currency)
);
COMMENT ON TABLE item_factory IS 'Which factory sells an item as of now, and in which category. Never replaced by an older row; may be filled from a catalogue.';
COMMENT ON COLUMN item_factory.sku_id IS 'The item.';
COMMENT ON COLUMN item_factory.channel IS 'How it is sold: WHOLESALE, DROPSHIP (prices include freight) or MEMBER.';
COMMENT ON COLUMN item_factory.currency IS 'ISO 4217 code.';
COMMENT ON COLUMN item_factory.since IS 'When an order that says so was shipped, about the newest one, or the catalogue was read.';
COMMENT ON COLUMN item_factory.factory_id IS 'The factory that sells it.';
COMMENT ON COLUMN item_factory.category_id IS 'The category it is sold in.';
COMMENT ON COLUMN item_factory.policy_version IS 'The policy the job was started with; catalogue for rows from a catalogue.';

-- When a table was last written to, whatever day its rows tell of. Not written by the jobs: their upserts leave it as it is.
ALTER TABLE factory_score_daily ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN factory_score_daily.recorded_at IS 'When the row was first written, by the clock of the database; rows older than this column have the time it was added.';
ALTER TABLE price_floor_history ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN price_floor_history.recorded_at IS 'When the row was first written, by the clock of the database; rows older than this column have the time it was added.';

-- Rows come in this order, so these only grow at their ends.
CREATE INDEX price_floor_history_by_time ON price_floor_history (valid_from);
CREATE INDEX price_breach_by_time ON price_breach (paid_at);

-- These wait for a lock for less than a second (deadlock_timeout): a reader that waits for them in turn is not the one to fail.
-- Makes what is missing for a month of a daily table, and moves the rows there that the default partition took in.
CREATE FUNCTION make_daily_partition(daily regclass, month date) RETURNS text
    LANGUAGE plpgsql
    SET search_path = public, pg_temp
    SET lock_timeout = '800ms'
    AS $$
DECLARE
    first_day date := date_trunc('month', month)::date;
    next_month date := (date_trunc('month', month) + interval '1 month')::date;
    partition_name text := format('%s_%s', daily::text, to_char(first_day, 'YYYYMM'));
    moved bigint;
BEGIN
    IF to_regclass(partition_name) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    -- Attached, not created in its place: that would lock out the jobs for as long as rows are moved.
    EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING ALL)', partition_name, daily);
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', daily::text || '_other');
    EXECUTE format(
        'WITH moved AS (DELETE FROM %I WHERE day >= %L AND day < %L RETURNING *) INSERT INTO %I SELECT * FROM moved ORDER BY day',
        daily::text || '_other', first_day, next_month, partition_name);
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', daily, partition_name, first_day, next_month);
    RETURN format('made %s, %s rows moved there', partition_name, moved);
END $$;
COMMENT ON FUNCTION make_daily_partition(regclass, date) IS 'Makes the partition of a month of a daily table, unless it is there, and moves that month''s rows into it. For make_daily_partitions.
daily: the table.
month: any day of the month.
returns: what was done; null if nothing.';

CREATE FUNCTION make_daily_partitions(months_ahead integer DEFAULT 3) RETURNS SETOF text
    LANGUAGE plpgsql
    SET search_path = public, pg_temp
    AS $$
DECLARE
    daily text;
    month date;
    action text;
BEGIN
    -- In the order in which the jobs write, so that they and this never wait for each other.
    FOREACH daily IN ARRAY ARRAY['factory_score_daily', 'factory_class_daily', 'factory_segment_daily'] LOOP
        FOR month IN EXECUTE format(
            'SELECT date_trunc(''month'', day)::date FROM %I'
            ' UNION SELECT (date_trunc(''month'', current_date) + make_interval(months => ahead))::date'
            ' FROM generate_series(0, %s) AS ahead ORDER BY 1', daily || '_other', months_ahead)
        LOOP
            BEGIN
                action := make_daily_partition(daily::regclass, month);
                IF action IS NOT NULL THEN
                    RETURN NEXT action;
                END IF;
            EXCEPTION WHEN lock_not_available THEN
                RETURN NEXT format('%s busy, next time', daily);
            END;
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION make_daily_partitions(integer) IS 'Makes the partitions of the daily tables for this month, the months ahead, and every month whose rows the default partition took in; moves those rows. May be called at any time and again. A table that others hold for 0.8 seconds is left for the next time.
months_ahead: for so many months after this one.
returns: what was done, one line each.';

CREATE FUNCTION drop_daily_partitions(before date) RETURNS SETOF text
    LANGUAGE plpgsql
    SET search_path = public, pg_temp
    SET lock_timeout = '800ms'
    AS $$
DECLARE
    partition_name text;
BEGIN
    FOR partition_name IN
        SELECT child.relname
        FROM unnest(ARRAY['factory_score_daily', 'factory_class_daily', 'factory_segment_daily']) WITH ORDINALITY AS t (daily, place)
        JOIN pg_inherits ON inhparent = t.daily::regclass
        JOIN pg_class AS child ON child.oid = inhrelid
        WHERE substring(pg_get_expr(child.relpartbound, child.oid) FROM ' TO \(''(.*)''\)$')::date <= before
        ORDER BY t.place, child.relname
    LOOP
        BEGIN
            EXECUTE format('DROP TABLE %I', partition_name);
            RETURN NEXT format('dropped %s', partition_name);
        EXCEPTION WHEN lock_not_available THEN
            RETURN NEXT format('%s busy, next time', partition_name);
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION drop_daily_partitions(date) IS 'Drops the partitions of the daily tables all of whose days lie before a day. What they held is gone. One that others hold for 0.8 seconds is left for the next time.
before: the first day to keep; the rest of its month stays too.
returns: what was dropped, or left, one line each.';

CREATE FUNCTION maintain_tables(months_kept integer DEFAULT 25, months_ahead integer DEFAULT 3) RETURNS SETOF text
    LANGUAGE plpgsql
    SET search_path = public, pg_temp
    AS $$
DECLARE
    first_kept date;
BEGIN
    IF months_kept < 7 THEN
        RAISE 'months_kept is %, but has to be at least 7: the views look back half a year', months_kept;
    END IF;
    -- First, as it takes longest and what follows locks readers out until all is done.
    -- Of the repeatable migration R__bi.sql; absent while only the tables are there.
    IF to_regprocedure('bi.refresh()') IS NOT NULL THEN
        PERFORM bi.refresh();
        RETURN NEXT 'refreshed bi.price_index';
    END IF;
    RETURN QUERY SELECT make_daily_partitions(months_ahead);
    -- Known before anything is dropped: a table that is being read cannot lose a partition. A row of a day to come drops nothing sooner.
    SELECT date_trunc('month', least(max(day), current_date) - make_interval(months => months_kept)) INTO first_kept
        FROM factory_score_daily HAVING max(day) IS NOT NULL;
    RETURN QUERY SELECT drop_daily_partitions(first_kept);
END $$;
COMMENT ON FUNCTION maintain_tables(integer, integer) IS 'What has to be done once a day: refreshes bi.price_index, makes partitions ahead, drops those past retention. Only the owner may call it. A job that stands still loses nothing: retention counts from the newest evaluated day, or from today if that is earlier.
months_kept: whole months before that of the newest day of factory_score_daily, or of today; at least 7.
months_ahead: partitions for so many months after this one.
returns: what was done, one line each.';

REVOKE EXECUTE ON FUNCTION make_daily_partition(regclass, date), make_daily_partitions(integer), drop_daily_partitions(date),
    maintain_tables(integer, integer) FROM PUBLIC;

-- Rows move into the new tables; the jobs wait meanwhile. Their rights move along.
DO $$
DECLARE
    daily text;
    old_name text;
    month date;
    granted record;
BEGIN
    FOREACH daily IN ARRAY ARRAY['factory_score_daily', 'factory_class_daily', 'factory_segment_daily'] LOOP
        old_name := daily || '_whole';
        EXECUTE format('ALTER TABLE %I RENAME TO %I', daily, old_name);
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING INDEXES) PARTITION BY RANGE (day)', daily, old_name);
        -- No row is ever refused, whatever its day.
        EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', daily || '_other', daily);
        FOR month IN EXECUTE format('SELECT DISTINCT date_trunc(''month'', day)::date FROM %I', old_name) LOOP
            PERFORM make_daily_partition(daily::regclass, month);
        END LOOP;
        EXECUTE format('INSERT INTO %I SELECT * FROM %I ORDER BY day', daily, old_name);
        EXECUTE format('COMMENT ON TABLE %I IS %L', daily, obj_description(old_name::regclass));
        FOR granted IN
            SELECT privilege_type, pg_get_userbyid(grantee) AS role_name
            FROM pg_class, aclexplode(relacl)
            WHERE oid = old_name::regclass AND grantee NOT IN (0, relowner)
        LOOP
            EXECUTE format('GRANT %s ON %I TO %I', granted.privilege_type, daily, granted.role_name);
        END LOOP;
        EXECUTE format('DROP TABLE %I', old_name);
    END LOOP;
END $$;
ALTER TABLE factory_score_daily ADD PRIMARY KEY (factory_id, day);
ALTER TABLE factory_class_daily ADD PRIMARY KEY (factory_id, day, class);
ALTER TABLE factory_segment_daily ADD PRIMARY KEY (factory_id, day, segment);
CREATE INDEX factory_score_daily_by_day ON factory_score_daily (day);
-- Questions about one day of all factories: rows of a day lie together, so an index of a few pages finds them.
CREATE INDEX factory_class_daily_by_day ON factory_class_daily USING brin (day) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX factory_segment_daily_by_day ON factory_segment_daily USING brin (day) WITH (pages_per_range = 16, autosummarize = on);
SELECT make_daily_partitions();
