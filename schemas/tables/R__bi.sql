-- What analysts see: views over the tables, every column explained. Role bi_reader sees this schema and nothing else (R__roles.sql);
-- the views read the tables with the rights of their owner. Run again whenever this file changes: everything is dropped and made anew.
-- A versioned migration that changes or drops a column used here has to drop the views first, and this file has to change with it.
CREATE SCHEMA IF NOT EXISTS bi;
COMMENT ON SCHEMA bi IS 'Views for analysts and BI tools: commented columns, stable names.';

DO $$
DECLARE
    statement text;
BEGIN
    -- The newest first, as nothing needs what was made after it. What others built upon a view stops this: it is theirs to remove.
    FOR statement IN
        SELECT made.drop_it FROM (
            SELECT oid, format('DROP %s bi.%I', CASE relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, relname) AS drop_it
            FROM pg_class WHERE relnamespace = 'bi'::regnamespace AND relkind IN ('v', 'm')
            UNION ALL
            SELECT oid, format('DROP FUNCTION %s', oid::regprocedure) FROM pg_proc WHERE pronamespace = 'bi'::regnamespace
        ) AS made ORDER BY made.oid DESC
    LOOP
        EXECUTE statement;
    END LOOP;
END $$;

CREATE FUNCTION bi.time_zone() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(nullif(current_setting('touchstone.time_zone', true), ''), 'Asia/Shanghai') $$;
COMMENT ON FUNCTION bi.time_zone() IS 'The zone of local days. It has to be the policy''s time_zone; where that is not the default: ALTER DATABASE touchstone SET touchstone.time_zone = ''Europe/Berlin''.
returns: a name of the IANA time zone database.';

-- How far the jobs have come -----------------------------------------------------------------------------------------------------

CREATE VIEW bi.job_progress AS
SELECT
    progress.job,
    progress.complete_up_to,
    progress.complete_day,
    progress.newest_day,
    progress.factories_behind,
    progress.recorded_at,
    now() - progress.complete_up_to AS age,
    coalesce(now() - progress.complete_up_to > interval '26 hours', true) AS is_stale
FROM (
    SELECT
        'factory-quality' AS job,
        coalesce(missing.day, newest.day)::timestamp AT TIME ZONE bi.time_zone() AS complete_up_to,
        coalesce(missing.day, newest.day) AS complete_day,
        newest.day AS newest_day,
        missing.factories AS factories_behind,
        written.recorded_at
    FROM (SELECT max(d.day) AS day FROM public.factory_score_daily AS d) AS newest
    CROSS JOIN LATERAL (
        SELECT count(*) AS factories, max(d.recorded_at) AS recorded_at FROM public.factory_score_daily AS d WHERE d.day = newest.day
    ) AS written
    CROSS JOIN LATERAL (
        SELECT min(s.day) AS day, count(*) AS factories
        FROM public.factory_score AS s
        JOIN public.factory_class_daily AS c ON c.factory_id = s.factory_id AND c.day = s.day AND c.class = 'QUALITY'
        WHERE s.day >= newest.day - 30 AND s.day < newest.day AND (c.n > 0 OR s.standing IN ('PROBATION', 'DEMOTED', 'TRIAL'))
    ) AS behind
    -- Orders that were all cancelled leave a factory that looks behind, but few do. A part of the job that trails has a 128th of all or
    -- more; of few factories that says nothing, so these only count while the day is being written.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN counts THEN behind.day END AS day, CASE WHEN counts THEN behind.factories ELSE 0 END AS factories
        FROM (VALUES (
            written.recorded_at > now() - interval '1 hour' OR (written.factories >= 2000 AND behind.factories * 256 > written.factories)
        )) AS judged (counts)
    ) AS missing
    UNION ALL
    SELECT
        'price-floor',
        newest.instant,
        (newest.instant AT TIME ZONE bi.time_zone())::date,
        (newest.instant AT TIME ZONE bi.time_zone())::date,
        NULL,
        (SELECT max(h.recorded_at) FROM public.price_floor_history AS h
            WHERE h.valid_from = (SELECT max(h.valid_from) FROM public.price_floor_history AS h))
    FROM (
        SELECT greatest(
            (SELECT max(h.valid_from) FROM public.price_floor_history AS h),
            (SELECT max(b.paid_at) FROM public.price_breach AS b)) AS instant
    ) AS newest
) AS progress;
COMMENT ON VIEW bi.job_progress IS 'How far each job has come, as far as its rows tell. A job that stands still shows as is_stale, with an age that grows.';
COMMENT ON COLUMN bi.job_progress.job IS 'factory-quality or price-floor.';
COMMENT ON COLUMN bi.job_progress.complete_up_to IS 'Whatever happened before this instant is in the job''s rows, late events apart. factory-quality: the first instant of complete_day. price-floor: the newest instant that a floor or a breach carries, so the job was there; parts of it that run in parallel may trail by seconds. Null without rows.';
COMMENT ON COLUMN bi.job_progress.complete_day IS 'factory-quality: the newest day whose evaluation is there for every factory. A factory looks behind when its newest evaluation lies 1 to 30 days before newest_day, it was not forgotten, and it had orders in its window or was on PROBATION, DEMOTED or TRIAL; one whose orders were all cancelled later looks so too. So those that look behind count as missing only if the newest row of newest_day was written within the last hour, or newest_day has rows of at least 2000 factories and 256 times those that look behind are more than these. The earliest newest evaluation of those missing is the complete day; without any it is newest_day. price-floor: the local day of complete_up_to; the days before it are complete.';
COMMENT ON COLUMN bi.job_progress.newest_day IS 'The newest day that any row of the job carries.';
COMMENT ON COLUMN bi.job_progress.factories_behind IS 'Factories that count as missing from newest_day (complete_day): some for up to an hour each night, not for long. Null for price-floor.';
COMMENT ON COLUMN bi.job_progress.recorded_at IS 'When the newest rows were written, by the clock of the database: recent while a job that is far behind catches up.';
COMMENT ON COLUMN bi.job_progress.age IS 'How long ago complete_up_to was, by the clock of the database.';
COMMENT ON COLUMN bi.job_progress.is_stale IS 'Whether age is above 26 hours, or there are no rows: a midnight and two hours more have gone by. A price-floor job may also have had nothing to say, where fewer than one floor a day changes.';

CREATE FUNCTION bi.quality_complete_day() RETURNS date
    LANGUAGE sql STABLE
    AS $$
        SELECT p.complete_day FROM bi.job_progress AS p WHERE p.job = 'factory-quality';
    $$;
COMMENT ON FUNCTION bi.quality_complete_day() IS 'The newest day whose evaluation is there for every factory. In a query write (SELECT bi.quality_complete_day()), so that it is asked once and not per row.
returns: complete_day of bi.job_progress for factory-quality; null without rows.';

CREATE FUNCTION bi.prices_complete_up_to() RETURNS timestamptz
    LANGUAGE sql STABLE
    AS $$
        SELECT p.complete_up_to FROM bi.job_progress AS p WHERE p.job = 'price-floor';
    $$;
COMMENT ON FUNCTION bi.prices_complete_up_to() IS 'How far prices have come. In a query write (SELECT bi.prices_complete_up_to()), so that it is asked once and not per row.
returns: complete_up_to of bi.job_progress for price-floor; null without rows.';

-- Prices ------------------------------------------------------------------------------------------------------------------------

CREATE VIEW bi.price_floor_history AS
SELECT
    h.sku_id,
    h.channel,
    h.currency,
    h.min_quantity,
    h.valid_from,
    h.status,
    h.floor_micros / 1000000.0 AS floor,
    h.literal_floor_micros / 1000000.0 AS literal_floor,
    h.buyers,
    (SELECT bi.prices_complete_up_to()) AS complete_up_to,
    h.policy_version
FROM public.price_floor_history AS h;
COMMENT ON VIEW bi.price_floor_history IS 'Every change of every price floor: from valid_from on, until the next row of the same item, channel, currency and tier, the floor is this. Ask by sku_id or by a span of valid_from.';
COMMENT ON COLUMN bi.price_floor_history.sku_id IS 'The item.';
COMMENT ON COLUMN bi.price_floor_history.channel IS 'How it is sold: WHOLESALE, DROPSHIP (prices include freight) or MEMBER.';
COMMENT ON COLUMN bi.price_floor_history.currency IS 'ISO 4217 code of the prices.';
COMMENT ON COLUMN bi.price_floor_history.min_quantity IS 'The quantity tier: lots of at least so many pieces. A tier has rows only while lots of its very size were sold; see bi.price_floor_at for the others.';
COMMENT ON COLUMN bi.price_floor_history.valid_from IS 'The instant at which the floor became this.';
COMMENT ON COLUMN bi.price_floor_history.status IS 'CURRENT: enough buyers within 30 days. CARRIED: the last CURRENT value, while too few buyers are left. THIN: a literal floor only. NONE: no floor.';
COMMENT ON COLUMN bi.price_floor_history.floor IS 'The lowest price of one piece that enough distinct buyers paid no more than within 30 days, in units of the currency; null when THIN or NONE.';
COMMENT ON COLUMN bi.price_floor_history.literal_floor IS 'The lowest price of one piece that anyone paid within 30 days, in units of the currency; null when nobody bought.';
COMMENT ON COLUMN bi.price_floor_history.buyers IS 'Distinct buyers within 30 days at that instant, counted up to the policy''s min_buyers.';
COMMENT ON COLUMN bi.price_floor_history.complete_up_to IS 'How far the price-floor job has come (bi.job_progress): the same in every row.';
COMMENT ON COLUMN bi.price_floor_history.policy_version IS 'The policy in force.';

CREATE FUNCTION bi.price_floor_at(sku_id text, quantity bigint, instant timestamptz DEFAULT now())
    RETURNS TABLE (
        channel text, currency text, status text, floor numeric, literal_floor numeric, min_quantity bigint, valid_from timestamptz,
        complete_up_to timestamptz, is_final boolean)
    LANGUAGE sql STABLE ROWS 4
    AS $$
        SELECT DISTINCT ON (tier.channel, tier.currency)
            tier.channel, tier.currency, tier.status, tier.floor, tier.literal_floor, tier.min_quantity, tier.valid_from,
            tier.complete_up_to, coalesce($3 < tier.complete_up_to - interval '1 hour', false)
        FROM (
            -- In the order of the primary key, from its end: read, not sorted.
            SELECT DISTINCT ON (h.channel, h.currency, h.min_quantity) h.*
            FROM bi.price_floor_history AS h
            WHERE h.sku_id = $1 AND h.min_quantity <= $2 AND h.valid_from <= $3
            ORDER BY h.channel DESC, h.currency DESC, h.min_quantity DESC, h.valid_from DESC
        ) AS tier
        ORDER BY tier.channel, tier.currency, tier.status = 'NONE', tier.min_quantity DESC;
    $$;
COMMENT ON FUNCTION bi.price_floor_at(text, bigint, timestamptz) IS 'The price floor of an item for a lot of so many pieces at an instant: a row per channel and currency in which it had a floor of that size or smaller by then. Of each tier of at most the quantity the newest row of bi.price_floor_history with valid_from <= instant is looked at; of those the largest tier whose status is not NONE answers (a larger tier without rows of its own has the floor of the next smaller one), or the largest if all are NONE. After a change of the policy''s carry_days a larger tier may be NONE already while a smaller one, of an older promise, is still CARRIED: then the smaller one answers. It is the published floor, after all that happened at that very instant; what a payment was judged by is in bi.breaches.
sku_id: the item.
quantity: pieces of the lot.
instant: when; now, if left out.
channel: WHOLESALE, DROPSHIP (prices include freight) or MEMBER.
currency: ISO 4217 code of the prices.
status: CURRENT, CARRIED, THIN or NONE, as in bi.price_floor_history.
floor: the price floor of one piece in units of the currency; null when THIN or NONE.
literal_floor: the lowest price of one piece that anyone paid within 30 days, in units of the currency; null when nobody bought.
min_quantity: the tier that answered.
valid_from: since when the floor was this.
complete_up_to: how far the price-floor job has come (bi.job_progress).
is_final: whether the instant lies more than an hour before complete_up_to; else the answer may still change, as rows may wait to be written. It does not hold while the job catches up: then more than an hour of events may wait.';

CREATE VIEW bi.breaches AS
SELECT
    b.order_id,
    b.line_id,
    b.factory_id,
    b.sku_id,
    b.channel,
    b.currency,
    b.buyer_id,
    b.paid_at,
    (b.paid_at AT TIME ZONE bi.time_zone())::date AS paid_day,
    b.quantity,
    b.tier AS min_quantity,
    b.price_micros / 1000000.0 AS price,
    b.floor_micros / 1000000.0 AS floor,
    b.floor_status,
    b.excess_bp / 100.0 AS excess_percent,
    (b.price_micros - b.floor_micros) * b.quantity::numeric / 1000000 AS overpaid,
    b.alert_id,
    a.status AS alert_status,
    (SELECT bi.prices_complete_up_to()) AS complete_up_to,
    b.policy_version
FROM public.price_breach AS b
LEFT JOIN public.alert AS a ON a.alert_id = b.alert_id;
COMMENT ON VIEW bi.breaches IS 'Every order line that was paid above its floor by more than the tolerance. Ask by factory_id, by sku_id, channel and currency, or by a span of paid_at.';
COMMENT ON COLUMN bi.breaches.order_id IS 'The order.';
COMMENT ON COLUMN bi.breaches.line_id IS 'The line, unique within its order.';
COMMENT ON COLUMN bi.breaches.factory_id IS 'The factory that sold it.';
COMMENT ON COLUMN bi.breaches.sku_id IS 'The item.';
COMMENT ON COLUMN bi.breaches.channel IS 'How it was sold: WHOLESALE, DROPSHIP (prices include freight) or MEMBER.';
COMMENT ON COLUMN bi.breaches.currency IS 'ISO 4217 code of price, floor and overpaid.';
COMMENT ON COLUMN bi.breaches.buyer_id IS 'Who bought.';
COMMENT ON COLUMN bi.breaches.paid_at IS 'When it was paid, and judged.';
COMMENT ON COLUMN bi.breaches.paid_day IS 'The local day of paid_at. Filter by paid_at, which has an index.';
COMMENT ON COLUMN bi.breaches.quantity IS 'Pieces.';
COMMENT ON COLUMN bi.breaches.min_quantity IS 'The quantity tier the line was judged in: the largest of the policy that is at most the quantity.';
COMMENT ON COLUMN bi.breaches.price IS 'What the buyer paid for one piece, in units of the currency.';
COMMENT ON COLUMN bi.breaches.floor IS 'The floor of one piece at that instant, in units of the currency.';
COMMENT ON COLUMN bi.breaches.floor_status IS 'CURRENT or CARRIED: only such floors bind.';
COMMENT ON COLUMN bi.breaches.excess_percent IS 'How far the price was above the floor, in percent, rounded down to two digits.';
COMMENT ON COLUMN bi.breaches.overpaid IS '(price - floor) x quantity, in units of the currency; not to be summed over currencies.';
COMMENT ON COLUMN bi.breaches.alert_id IS 'The alert of the item that was open once the order had acted; null if none was.';
COMMENT ON COLUMN bi.breaches.alert_status IS 'What became of that alert: its newest status; null without an alert.';
COMMENT ON COLUMN bi.breaches.complete_up_to IS 'How far the price-floor job has come (bi.job_progress): the same in every row.';
COMMENT ON COLUMN bi.breaches.policy_version IS 'The policy in force.';

-- Alerts ------------------------------------------------------------------------------------------------------------------------

CREATE VIEW bi.alerts_open AS
SELECT
    a.alert_id,
    a.kind,
    a.severity,
    a.status,
    a.subject,
    a.factory_id,
    a.cause,
    s.standing,
    s.belt_id,
    s.category_id,
    a.opened_at,
    a.at AS revised_at,
    a.revision,
    r.recorded_at,
    a.summary,
    a.summary_zh,
    a.evidence,
    p.complete_up_to,
    p.complete_up_to - a.opened_at AS open_for,
    p.is_stale,
    a.policy_version
FROM public.alert AS a
JOIN bi.job_progress AS p ON p.job = CASE a.kind WHEN 'PRICE_BREACH' THEN 'price-floor' ELSE 'factory-quality' END
LEFT JOIN public.factory_score AS s ON s.factory_id = a.factory_id
LEFT JOIN public.alert_revision AS r ON r.alert_id = a.alert_id AND r.revision = a.revision
WHERE a.closed_at IS NULL;
COMMENT ON VIEW bi.alerts_open IS 'Every alert that is neither RESOLVED nor EXPIRED, as of its newest revision.';
COMMENT ON COLUMN bi.alerts_open.alert_id IS 'The episode: the same id from its opening to its end.';
COMMENT ON COLUMN bi.alerts_open.kind IS 'PRICE_BREACH, DEMOTION, UNSTABLE_QUALITY or COHORT_DISPARITY.';
COMMENT ON COLUMN bi.alerts_open.severity IS 'INFO, WARN or CRITICAL.';
COMMENT ON COLUMN bi.alerts_open.status IS 'OPENED, ESCALATED or RECOVERING.';
COMMENT ON COLUMN bi.alerts_open.subject IS 'What it is about: a factory, a factory and buyer segment, or sku_id/channel/currency.';
COMMENT ON COLUMN bi.alerts_open.factory_id IS 'The factory it is about; for PRICE_BREACH that of the opening order.';
COMMENT ON COLUMN bi.alerts_open.cause IS 'The class or signal behind it; null for PRICE_BREACH.';
COMMENT ON COLUMN bi.alerts_open.standing IS 'The factory''s standing now; null if it was never evaluated.';
COMMENT ON COLUMN bi.alerts_open.belt_id IS 'The factory''s belt (产业带); null if unknown.';
COMMENT ON COLUMN bi.alerts_open.category_id IS 'The factory''s category; null if unknown.';
COMMENT ON COLUMN bi.alerts_open.opened_at IS 'When the episode began.';
COMMENT ON COLUMN bi.alerts_open.revised_at IS 'The evaluation, order or midnight that made the newest revision.';
COMMENT ON COLUMN bi.alerts_open.revision IS 'The newest revision; counts from 1 without gaps.';
COMMENT ON COLUMN bi.alerts_open.recorded_at IS 'When the newest revision was written, by the clock of the database; null if its row is still to come.';
COMMENT ON COLUMN bi.alerts_open.summary IS 'One line for people, in English.';
COMMENT ON COLUMN bi.alerts_open.summary_zh IS 'The same line in Chinese.';
COMMENT ON COLUMN bi.alerts_open.evidence IS 'Everything needed to recompute the revision by hand, and what clears it; JSON.';
COMMENT ON COLUMN bi.alerts_open.complete_up_to IS 'How far the job that keeps the alert has come (bi.job_progress): it was open then.';
COMMENT ON COLUMN bi.alerts_open.open_for IS 'From opened_at to complete_up_to.';
COMMENT ON COLUMN bi.alerts_open.is_stale IS 'Whether that job stands still (bi.job_progress): the alert may be closed in truth.';
COMMENT ON COLUMN bi.alerts_open.policy_version IS 'The policy in force at the newest revision.';

-- Factories ---------------------------------------------------------------------------------------------------------------------

CREATE VIEW bi.factory_now AS
SELECT
    s.factory_id,
    s.day,
    (SELECT bi.quality_complete_day()) AS complete_up_to,
    coalesce(s.day >= (SELECT bi.quality_complete_day()), false) AS is_current,
    s.score,
    s.band,
    s.standing,
    step.entered_at AS standing_since,
    step.cause AS standing_cause,
    s.category_id,
    s.belt_id,
    coalesce(opened.alerts, 0) AS open_alerts,
    s.policy_version
FROM public.factory_score AS s
LEFT JOIN LATERAL (
    SELECT h.entered_at, h.cause FROM public.standing_history AS h
    WHERE h.factory_id = s.factory_id ORDER BY h.entered_at DESC LIMIT 1
) AS step ON true
LEFT JOIN (
    SELECT a.factory_id, count(*) AS alerts FROM public.alert AS a WHERE a.closed_at IS NULL GROUP BY a.factory_id
) AS opened ON opened.factory_id = s.factory_id;
COMMENT ON VIEW bi.factory_now IS 'How good every factory is as of its newest evaluation.';
COMMENT ON COLUMN bi.factory_now.factory_id IS 'The factory.';
COMMENT ON COLUMN bi.factory_now.day IS 'The local day of the factory''s newest evaluation, or on which it was forgotten.';
COMMENT ON COLUMN bi.factory_now.complete_up_to IS 'The newest day whose evaluation is there for every factory (complete_day of bi.job_progress): the same in every row.';
COMMENT ON COLUMN bi.factory_now.is_current IS 'Whether day is not before complete_up_to. Else the factory had no orders to be judged by, or was forgotten, since.';
COMMENT ON COLUMN bi.factory_now.score IS '0 to 100: the weighted sub-scores of the four classes over the window.';
COMMENT ON COLUMN bi.factory_now.band IS 'A (80 and more), B (70), C (60), D; a sub-score below 60 caps it at C; UNRATED with fewer than 30 effective orders.';
COMMENT ON COLUMN bi.factory_now.standing IS 'UNRATED, GOOD, WATCH, PROBATION, DEMOTED or TRIAL.';
COMMENT ON COLUMN bi.factory_now.standing_since IS 'The midnight at which it entered that standing; null if it is UNRATED and always was.';
COMMENT ON COLUMN bi.factory_now.standing_cause IS 'The class or signal behind that step, or FORGOTTEN; null when it became GOOD outside a demotion.';
COMMENT ON COLUMN bi.factory_now.category_id IS 'The category with most orders in the window; null if there is none.';
COMMENT ON COLUMN bi.factory_now.belt_id IS 'The industrial cluster (产业带) of its newest payment; null if it had none.';
COMMENT ON COLUMN bi.factory_now.open_alerts IS 'How many alerts about it are open, those about its prices included.';
COMMENT ON COLUMN bi.factory_now.policy_version IS 'The policy in force at the evaluation.';

CREATE VIEW bi.factory_history AS
SELECT
    s.factory_id,
    s.day,
    (SELECT bi.quality_complete_day()) AS complete_up_to,
    s.score,
    s.band,
    s.standing,
    q.sub_score AS quality_score,
    r.sub_score AS negative_review_score,
    f.sub_score AS fulfilment_score,
    a.sub_score AS after_sales_score,
    q.rate AS quality_rate,
    CASE WHEN num_nonnulls(q.drift, r.drift, f.drift, a.drift) > 0 THEN
        coalesce((q.signal IS NOT NULL OR q.drift)::int, 0)::bigint + coalesce((r.signal IS NOT NULL OR r.drift)::int, 0)
            + coalesce((f.signal IS NOT NULL OR f.drift)::int, 0) + coalesce((a.signal IS NOT NULL OR a.drift)::int, 0)
    END AS signals,
    s.category_id,
    s.belt_id,
    s.policy_version
FROM public.factory_score_daily AS s
-- One by one, not grouped: so any filter, and a limit, is applied before classes are read.
LEFT JOIN public.factory_class_daily AS q ON q.factory_id = s.factory_id AND q.day = s.day AND q.class = 'QUALITY'
LEFT JOIN public.factory_class_daily AS r ON r.factory_id = s.factory_id AND r.day = s.day AND r.class = 'NEGATIVE_REVIEW'
LEFT JOIN public.factory_class_daily AS f ON f.factory_id = s.factory_id AND f.day = s.day AND f.class = 'FULFILMENT'
LEFT JOIN public.factory_class_daily AS a ON a.factory_id = s.factory_id AND a.day = s.day AND a.class = 'AFTER_SALES';
COMMENT ON VIEW bi.factory_history IS 'How good every factory was on every evaluated day. Ask by factory_id or by a span of days: all days of all factories at once are millions of rows.';
COMMENT ON COLUMN bi.factory_history.factory_id IS 'The factory.';
COMMENT ON COLUMN bi.factory_history.day IS 'The local day of the evaluation: made at its first instant, from cohort days before it.';
COMMENT ON COLUMN bi.factory_history.complete_up_to IS 'The newest day whose evaluation is there for every factory (complete_day of bi.job_progress): the same in every row. Rows of later days are final too, but not all are there.';
COMMENT ON COLUMN bi.factory_history.score IS '0 to 100: the weighted sub-scores of the four classes over the window.';
COMMENT ON COLUMN bi.factory_history.band IS 'A (80 and more), B (70), C (60), D; a sub-score below 60 caps it at C; UNRATED with fewer than 30 effective orders.';
COMMENT ON COLUMN bi.factory_history.standing IS 'UNRATED, GOOD, WATCH, PROBATION, DEMOTED or TRIAL, after the day''s step.';
COMMENT ON COLUMN bi.factory_history.quality_score IS 'Sub-score of class QUALITY: 100 without defects, 60 at the standard, 0 at 2.5 times it.';
COMMENT ON COLUMN bi.factory_history.negative_review_score IS 'Sub-score of class NEGATIVE_REVIEW.';
COMMENT ON COLUMN bi.factory_history.fulfilment_score IS 'Sub-score of class FULFILMENT.';
COMMENT ON COLUMN bi.factory_history.after_sales_score IS 'Sub-score of class AFTER_SALES.';
COMMENT ON COLUMN bi.factory_history.quality_rate IS 'Defective buyer-days of class QUALITY per effective order; null without any.';
COMMENT ON COLUMN bi.factory_history.signals IS 'How many of the four classes had WARN, FAIL, SEVERE or DRIFT.';
COMMENT ON COLUMN bi.factory_history.category_id IS 'The category with most orders in the window; null if there is none.';
COMMENT ON COLUMN bi.factory_history.belt_id IS 'The industrial cluster (产业带) of its newest payment; null if it had none.';
COMMENT ON COLUMN bi.factory_history.policy_version IS 'The policy in force.';

CREATE VIEW bi.segment_gap AS
SELECT
    d.factory_id,
    d.segment,
    d.day,
    d.n,
    d.x,
    d.x::double precision / nullif(d.n, 0) AS rate,
    f.n - d.n AS others_n,
    f.x - d.x AS others_x,
    (f.x - d.x)::double precision / nullif(f.n - d.n, 0) AS others_rate,
    d.x::double precision / nullif(d.n, 0) - (f.x - d.x)::double precision / nullif(f.n - d.n, 0) AS gap,
    d.z,
    d.rr AS risk_ratio,
    d.disparity,
    d.policy_version
FROM public.factory_segment_daily AS d
-- A join of hashes: as a window over each factory it takes four times as long.
JOIN (
    SELECT s.factory_id, sum(s.n)::bigint AS n, sum(s.x)::bigint AS x
    FROM public.factory_segment_daily AS s
    WHERE s.day = (SELECT bi.quality_complete_day())
    GROUP BY s.factory_id
) AS f ON f.factory_id = d.factory_id
WHERE d.day = (SELECT bi.quality_complete_day());
COMMENT ON VIEW bi.segment_gap IS 'How much worse each segment of buyers fares with a factory than its other buyers, class QUALITY, cohort days 90 to 8 days back, as of the newest complete day. A gap may be the product mix''s; z and risk_ratio set that apart.';
COMMENT ON COLUMN bi.segment_gap.factory_id IS 'The factory.';
COMMENT ON COLUMN bi.segment_gap.segment IS 'WHOLESALER, SMALL_BUSINESS, CONSUMER or PLUS_MEMBER.';
COMMENT ON COLUMN bi.segment_gap.day IS 'The local day of the evaluation: complete_day of bi.job_progress, the same in every row.';
COMMENT ON COLUMN bi.segment_gap.n IS 'Buyer-days of the segment.';
COMMENT ON COLUMN bi.segment_gap.x IS 'Those with a defect.';
COMMENT ON COLUMN bi.segment_gap.rate IS 'x / n.';
COMMENT ON COLUMN bi.segment_gap.others_n IS 'Buyer-days of the factory''s other segments.';
COMMENT ON COLUMN bi.segment_gap.others_x IS 'Those with a defect.';
COMMENT ON COLUMN bi.segment_gap.others_rate IS 'others_x / others_n; null if there are no others.';
COMMENT ON COLUMN bi.segment_gap.gap IS 'rate - others_rate: above zero where the segment fares worse; null if there are no others.';
COMMENT ON COLUMN bi.segment_gap.z IS 'How far the segment is off the others, product mix apart, in standard deviations; null without variance.';
COMMENT ON COLUMN bi.segment_gap.risk_ratio IS 'Risk ratio of the segment against the others, product mix apart; may be Infinity, null without any defect.';
COMMENT ON COLUMN bi.segment_gap.disparity IS 'Whether the signal DISPARITY fires.';
COMMENT ON COLUMN bi.segment_gap.policy_version IS 'The policy in force.';

-- Quality for the price ---------------------------------------------------------------------------------------------------------

CREATE MATERIALIZED VIEW bi.price_index AS
WITH item_price AS (
    SELECT i.factory_id, i.category_id, f.min_quantity, f.channel, f.currency, f.floor_micros
    FROM public.price_floor AS f
    JOIN public.item_factory AS i ON i.sku_id = f.sku_id AND i.channel = f.channel AND i.currency = f.currency
    JOIN public.factory_score AS s ON s.factory_id = i.factory_id AND s.category_id = i.category_id
    WHERE f.status = 'CURRENT'
), factory_price AS (
    SELECT factory_id, category_id, min_quantity, channel, currency,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY floor_micros) AS price
    FROM item_price
    GROUP BY factory_id, category_id, min_quantity, channel, currency
), cell AS (
    SELECT category_id, min_quantity, channel, currency, percentile_disc(0.5) WITHIN GROUP (ORDER BY price) AS price
    FROM factory_price
    GROUP BY category_id, min_quantity, channel, currency
    HAVING count(*) >= 5
)
SELECT
    p.factory_id,
    p.category_id,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY p.price::double precision / c.price) AS price_index,
    count(*) AS cells,
    (SELECT bi.prices_complete_up_to()) AS complete_up_to,
    now() AS computed_at
FROM factory_price AS p
JOIN cell AS c USING (category_id, min_quantity, channel, currency)
GROUP BY p.factory_id, p.category_id;
CREATE UNIQUE INDEX price_index_by_factory ON bi.price_index (factory_id);
COMMENT ON MATERIALIZED VIEW bi.price_index IS 'How dear a factory is beside the others of its category, from the floors that are CURRENT (table price_floor). Items count whose factory and category (table item_factory) are a factory and its own category (table factory_score). A cell is a category, quantity tier, channel and currency. The factory''s price in a cell is the lower median of its items'' floors there; the cell''s price is the lower median of its factories'' prices, and only cells of at least 5 factories count. The lower median of 2k or 2k - 1 values is the k-th smallest. Computed when refreshed (maintain_tables, once a day), see computed_at. A factory without such a cell has no row.';
COMMENT ON COLUMN bi.price_index.factory_id IS 'The factory.';
COMMENT ON COLUMN bi.price_index.category_id IS 'Its category when this was computed.';
COMMENT ON COLUMN bi.price_index.price_index IS 'The lower median, over its cells that count, of its price divided by the cell''s price: 1 is as dear as the category, 0.8 a fifth cheaper.';
COMMENT ON COLUMN bi.price_index.cells IS 'How many cells that is made of.';
COMMENT ON COLUMN bi.price_index.complete_up_to IS 'How far the price-floor job had come then (bi.job_progress): the same in every row.';
COMMENT ON COLUMN bi.price_index.computed_at IS 'When this was computed, by the clock of the database: the same in every row.';

CREATE FUNCTION bi.refresh() RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- Readers go on with the old rows meanwhile.
    REFRESH MATERIALIZED VIEW CONCURRENTLY bi.price_index;
END $$;
REVOKE EXECUTE ON FUNCTION bi.refresh() FROM PUBLIC;
COMMENT ON FUNCTION bi.refresh() IS 'Computes bi.price_index anew. Only the owner may call it; maintain_tables does.
returns: nothing.';

CREATE VIEW bi.factory_quality_price AS
SELECT
    s.factory_id,
    s.category_id,
    s.belt_id,
    s.standing,
    s.score,
    i.price_index,
    s.score / sqrt(i.price_index) AS ratio,
    s.day,
    (SELECT bi.quality_complete_day()) AS complete_up_to,
    i.complete_up_to AS prices_complete_up_to,
    i.computed_at AS prices_computed_at
FROM public.factory_score AS s
LEFT JOIN bi.price_index AS i ON i.factory_id = s.factory_id AND i.category_id = s.category_id
WHERE s.band <> 'UNRATED' AND s.standing <> 'UNRATED' AND s.day >= (SELECT bi.quality_complete_day());
COMMENT ON VIEW bi.factory_quality_price IS 'Quality for the price of every factory that is rated (neither band nor standing is UNRATED, so a forgotten one is not) and was evaluated on the newest complete day or later.';
COMMENT ON COLUMN bi.factory_quality_price.factory_id IS 'The factory.';
COMMENT ON COLUMN bi.factory_quality_price.category_id IS 'Its category: the one with most orders in the window; null if there is none.';
COMMENT ON COLUMN bi.factory_quality_price.belt_id IS 'Its belt (产业带); null if unknown.';
COMMENT ON COLUMN bi.factory_quality_price.standing IS 'GOOD, WATCH, PROBATION, DEMOTED or TRIAL.';
COMMENT ON COLUMN bi.factory_quality_price.score IS '0 to 100, from its newest evaluation.';
COMMENT ON COLUMN bi.factory_quality_price.price_index IS 'How dear it is beside the others of its category (bi.price_index); null where fewer than 5 factories can be compared in each of its cells.';
COMMENT ON COLUMN bi.factory_quality_price.ratio IS 'score / square root of price_index: the higher, the more quality for the price; null without a price_index.';
COMMENT ON COLUMN bi.factory_quality_price.day IS 'The local day of its newest evaluation.';
COMMENT ON COLUMN bi.factory_quality_price.complete_up_to IS 'The newest day whose evaluation is there for every factory (complete_day of bi.job_progress): the same in every row.';
COMMENT ON COLUMN bi.factory_quality_price.prices_complete_up_to IS 'How far the price-floor job had come when prices were compared; null without a price_index.';
COMMENT ON COLUMN bi.factory_quality_price.prices_computed_at IS 'When prices were compared, by the clock of the database; null without a price_index.';

CREATE VIEW bi.belt_quality_price AS
SELECT
    q.belt_id,
    q.category_id,
    count(*) AS factories,
    count(q.ratio) AS factories_compared,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY q.score) AS score,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY q.price_index) AS price_index,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY q.ratio) AS ratio,
    max(q.complete_up_to) AS complete_up_to,
    max(q.prices_complete_up_to) AS prices_complete_up_to,
    max(q.prices_computed_at) AS prices_computed_at
FROM bi.factory_quality_price AS q
WHERE q.belt_id IS NOT NULL AND q.category_id IS NOT NULL
GROUP BY q.belt_id, q.category_id;
COMMENT ON VIEW bi.belt_quality_price IS 'Quality for the price of every belt (产业带) and category, over its factories in bi.factory_quality_price: how good a typical factory is, how dear beside the whole category, and how much quality one gets for the price. Lower medians: of 2k or 2k - 1 values the k-th smallest.';
COMMENT ON COLUMN bi.belt_quality_price.belt_id IS 'The belt.';
COMMENT ON COLUMN bi.belt_quality_price.category_id IS 'The category: that of each factory''s most orders.';
COMMENT ON COLUMN bi.belt_quality_price.factories IS 'Rated factories of the belt and category, evaluated on the newest complete day or later.';
COMMENT ON COLUMN bi.belt_quality_price.factories_compared IS 'Those with a price_index. Few make a weak statement.';
COMMENT ON COLUMN bi.belt_quality_price.score IS 'The lower median of the scores of all its factories.';
COMMENT ON COLUMN bi.belt_quality_price.price_index IS 'The lower median of the price indices of those compared (bi.price_index): below 1 the belt is cheaper than the category. Null if none could be compared: in the same category and quantity tier there were fewer than 5 factories.';
COMMENT ON COLUMN bi.belt_quality_price.ratio IS 'The lower median, over those compared, of score / square root of price_index of each factory; null if none could be compared.';
COMMENT ON COLUMN bi.belt_quality_price.complete_up_to IS 'The newest day whose evaluation is there for every factory (complete_day of bi.job_progress): the same in every row.';
COMMENT ON COLUMN bi.belt_quality_price.prices_complete_up_to IS 'How far the price-floor job had come when prices were compared; null if none were.';
COMMENT ON COLUMN bi.belt_quality_price.prices_computed_at IS 'When prices were compared, by the clock of the database; null if none were.';

CREATE VIEW bi.selection_candidates AS
SELECT
    ranked.category_id,
    ranked.place,
    ranked.factory_id,
    ranked.belt_id,
    ranked.ratio,
    ranked.score,
    ranked.price_index,
    ranked.eligible,
    ranked.day,
    ranked.complete_up_to,
    ranked.prices_complete_up_to,
    ranked.prices_computed_at
FROM (
    SELECT
        q.*,
        rank() OVER (PARTITION BY q.category_id ORDER BY q.ratio DESC) AS place,
        count(*) OVER (PARTITION BY q.category_id) AS eligible
    FROM bi.factory_quality_price AS q
    WHERE q.standing = 'GOOD' AND q.ratio IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM public.standing_history AS h
            WHERE h.factory_id = q.factory_id AND h.entered_at > (SELECT (bi.quality_complete_day() - 60)::timestamp AT TIME ZONE bi.time_zone()))
) AS ranked
-- The best hundredth, rounded up: at least one where there is any.
WHERE (ranked.place - 1) * 100 < ranked.eligible;
COMMENT ON VIEW bi.selection_candidates IS 'The factories to pick from: in every category the best 1 % by ratio (rounded up; those of equal ratio share a place) of the eligible ones. Eligible is a factory of bi.factory_quality_price with a ratio whose standing is GOOD and was nothing else for 60 days: no step of its standing (table standing_history) after the first instant of the 60th day before complete_up_to.';
COMMENT ON COLUMN bi.selection_candidates.category_id IS 'The category.';
COMMENT ON COLUMN bi.selection_candidates.place IS '1 is the best of its category.';
COMMENT ON COLUMN bi.selection_candidates.factory_id IS 'The factory.';
COMMENT ON COLUMN bi.selection_candidates.belt_id IS 'Its belt (产业带); null if unknown.';
COMMENT ON COLUMN bi.selection_candidates.ratio IS 'score / square root of price_index (bi.factory_quality_price).';
COMMENT ON COLUMN bi.selection_candidates.score IS '0 to 100, from its newest evaluation.';
COMMENT ON COLUMN bi.selection_candidates.price_index IS 'How dear it is beside the others of its category (bi.price_index).';
COMMENT ON COLUMN bi.selection_candidates.eligible IS 'How many factories of the category were eligible; as many candidates as a hundredth of these, rounded up, and those that share the last place.';
COMMENT ON COLUMN bi.selection_candidates.day IS 'The local day of its newest evaluation.';
COMMENT ON COLUMN bi.selection_candidates.complete_up_to IS 'The newest day whose evaluation is there for every factory (complete_day of bi.job_progress): the same in every row.';
COMMENT ON COLUMN bi.selection_candidates.prices_complete_up_to IS 'How far the price-floor job had come when prices were compared.';
COMMENT ON COLUMN bi.selection_candidates.prices_computed_at IS 'When prices were compared, by the clock of the database.';

-- The guard against stale data --------------------------------------------------------------------------------------------------

CREATE VIEW bi.complete_up_to AS
SELECT t.table_name, p.job, p.complete_up_to, p.complete_day, p.recorded_at, p.age, p.is_stale
FROM (VALUES
    ('factory_score', 'factory-quality'),
    ('factory_score_daily', 'factory-quality'),
    ('factory_class_daily', 'factory-quality'),
    ('factory_segment_daily', 'factory-quality'),
    ('standing_history', 'factory-quality'),
    ('price_floor', 'price-floor'),
    ('price_floor_history', 'price-floor'),
    ('price_breach', 'price-floor'),
    ('alert', 'factory-quality'),
    ('alert', 'price-floor'),
    ('alert_revision', 'factory-quality'),
    ('alert_revision', 'price-floor')
) AS t (table_name, job)
JOIN bi.job_progress AS p USING (job)
UNION ALL
SELECT 'item_factory', 'price-floor or a catalogue', i.since, (i.since AT TIME ZONE bi.time_zone())::date, NULL, now() - i.since,
    coalesce(now() - i.since > interval '30 days', true)
FROM (SELECT max(f.since) AS since FROM public.item_factory AS f) AS i
UNION ALL
SELECT 'bi.price_index', 'maintain_tables', i.complete_up_to, (i.complete_up_to AT TIME ZONE bi.time_zone())::date, i.computed_at,
    now() - i.complete_up_to, coalesce(least(i.complete_up_to, i.computed_at) < now() - interval '50 hours', true)
FROM (SELECT max(x.complete_up_to) AS complete_up_to, max(x.computed_at) AS computed_at FROM bi.price_index AS x) AS i;
COMMENT ON VIEW bi.complete_up_to IS 'Up to when each table is complete, and whether it stands still. The tables of alerts are written by both jobs and have a row for each.';
COMMENT ON COLUMN bi.complete_up_to.table_name IS 'The table.';
COMMENT ON COLUMN bi.complete_up_to.job IS 'What writes it.';
COMMENT ON COLUMN bi.complete_up_to.complete_up_to IS 'Whatever happened before this instant is in the table (bi.job_progress); null without rows. item_factory: the newest since. bi.price_index: how far prices had come when it was computed.';
COMMENT ON COLUMN bi.complete_up_to.complete_day IS 'Daily tables: the newest day for which every row is there. Others: the local day of complete_up_to; the days before it are complete.';
COMMENT ON COLUMN bi.complete_up_to.recorded_at IS 'When the job''s newest rows were written, or bi.price_index computed, by the clock of the database; null if not known.';
COMMENT ON COLUMN bi.complete_up_to.age IS 'How long ago complete_up_to was, by the clock of the database.';
COMMENT ON COLUMN bi.complete_up_to.is_stale IS 'Whether that is too long ago: 26 hours; bi.price_index 50 hours, for its prices or its computing; item_factory 30 days; or there are no rows.';

-- Whoever runs this: what R__roles.sql says of tables to come only holds for those made by the one who ran that.
DO $$
DECLARE
    role_name text;
BEGIN
    FOR role_name IN SELECT rolname FROM pg_roles WHERE rolname IN ('bi_reader', 'touchstone_reader') LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA bi TO %I', role_name);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA bi TO %I', role_name);
    END LOOP;
END $$;
