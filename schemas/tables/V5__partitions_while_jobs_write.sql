-- As before, but whoever writes meanwhile waits for the daily table itself. It had chosen the default partition by then, and was refused
-- once it came to it: the job tried again and lost nothing, but errors stood in the logs.
CREATE OR REPLACE FUNCTION make_daily_partition(daily regclass, month date) RETURNS text
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
    -- Attached, not created in its place: that would lock out readers for as long as rows are moved.
    EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING ALL)', partition_name, daily);
    EXECUTE format('LOCK TABLE ONLY %s IN SHARE ROW EXCLUSIVE MODE', daily);
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', daily::text || '_other');
    EXECUTE format(
        'WITH moved AS (DELETE FROM %I WHERE day >= %L AND day < %L RETURNING *) INSERT INTO %I SELECT * FROM moved ORDER BY day',
        daily::text || '_other', first_day, next_month, partition_name);
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', daily, partition_name, first_day, next_month);
    RETURN format('made %s, %s rows moved there', partition_name, moved);
END $$;
