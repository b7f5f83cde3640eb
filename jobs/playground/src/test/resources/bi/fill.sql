-- A marketplace of ${factories} factories over 180 days ending on 2026-06-29, about as large as one: made of arithmetic, the same each time.
-- Days come one after the other, as the job writes them: CASE lets the planner join in no other order.
SELECT make_daily_partition(daily::regclass, month::date)
FROM unnest(ARRAY['factory_score_daily', 'factory_class_daily', 'factory_segment_daily']) AS daily,
    generate_series(DATE '2026-01-01', DATE '2026-06-01', interval '1 month') AS month;

INSERT INTO factory_score_daily (factory_id, day, score, band, standing, category_id, belt_id, policy_version)
SELECT 'f-' || f, day::date, 60 + (f * 7 + extract(doy FROM day)::int) % 400 / 10.0, 'A',
    CASE WHEN f % 10 = 0 THEN 'WATCH' ELSE 'GOOD' END, 'c-' || f % 40, 'b-' || f % 60, 'default-1'
FROM generate_series(DATE '2026-01-01', DATE '2026-06-29', interval '1 day') AS day,
    generate_series(1, CASE WHEN day IS NOT NULL THEN ${factories} END) AS f;

INSERT INTO factory_class_daily
SELECT 'f-' || f, day::date, class, f % 9, 100 + f % 1000, 90000 + f % 1000, 0.02, 0.02, 300, 60 + f % 40, f % 9, f * 1000,
    CASE WHEN f % 97 = 0 THEN 'WARN' END, f % 211 = 0, 'default-1'
FROM generate_series(DATE '2026-01-01', DATE '2026-06-29', interval '1 day') AS day,
    generate_series(1, CASE WHEN day IS NOT NULL THEN ${factories} END) AS f,
    unnest(ARRAY['AFTER_SALES', 'FULFILMENT', 'NEGATIVE_REVIEW', 'QUALITY']) AS class;

INSERT INTO factory_segment_daily
SELECT 'f-' || f, day::date, segment, 100 + f % 1000, f % 9, 0.5, 1.1, f % 89 = 0, 'default-1'
FROM generate_series(DATE '2026-01-01', DATE '2026-06-29', interval '1 day') AS day,
    generate_series(1, CASE WHEN day IS NOT NULL THEN ${factories} END) AS f,
    unnest(ARRAY['CONSUMER', 'PLUS_MEMBER', 'SMALL_BUSINESS', 'WHOLESALER']) AS segment;

INSERT INTO factory_score SELECT factory_id, day, score, band, standing, category_id, belt_id, policy_version
FROM factory_score_daily WHERE day = DATE '2026-06-29';

INSERT INTO standing_history
SELECT 'f-' || f, TIMESTAMPTZ '2025-12-31 16:00Z' + make_interval(days => step * 30 + f % 30),
    CASE WHEN step = 0 THEN 'UNRATED' WHEN step % 2 = 1 THEN 'GOOD' ELSE 'WATCH' END,
    CASE WHEN step % 2 = 1 THEN 'WATCH' ELSE 'GOOD' END, CASE WHEN step % 2 = 1 THEN 'QUALITY' END, NULL, 'default-1'
FROM generate_series(1, ${factories}) AS f, generate_series(0, 5) AS step WHERE step < 3 OR f % 10 = 0;

-- Ten items of each factory in three tiers, each floor changed six times.
INSERT INTO item_factory
SELECT 's-' || f || '-' || item, 'WHOLESALE', 'CNY', TIMESTAMPTZ '2026-06-01 00:00Z', 'f-' || f, 'c-' || f % 40, 'default-1'
FROM generate_series(1, ${factories}) AS f, generate_series(1, 10) AS item;

INSERT INTO price_floor_history
SELECT 's-' || f || '-' || item, 'WHOLESALE', 'CNY', tier, TIMESTAMPTZ '2026-01-10 00:00Z' + make_interval(days => change * 33, secs => f),
    1000000 + f * 37 % 900000 + change, 1000000 + f * 37 % 900000, CASE WHEN item = 10 THEN 'CARRIED' ELSE 'CURRENT' END, 3, 'default-1'
FROM generate_series(0, 5) AS change, generate_series(1, ${factories}) AS f, generate_series(1, 10) AS item, unnest(ARRAY[1, 10, 200]) AS tier;

INSERT INTO price_floor
SELECT DISTINCT ON (sku_id, channel, currency, min_quantity)
    sku_id, channel, currency, min_quantity, valid_from, floor_micros, literal_floor_micros, status, buyers, policy_version
FROM price_floor_history ORDER BY sku_id, channel, currency, min_quantity, valid_from DESC;

INSERT INTO price_breach
SELECT 'o-' || f || '-' || i, '1', 'f-' || f, 's-' || f || '-' || i, 'WHOLESALE', 'CNY', 5, 1, 'buyer-' || i,
    TIMESTAMPTZ '2026-01-01 00:00Z' + make_interval(days => f % 170 + i, secs => f), 1300000, 1000000, 'CURRENT', 3000, NULL, 'default-1'
FROM generate_series(1, ${factories}) AS f, generate_series(1, 10) AS i;

INSERT INTO alert
SELECT md5(f || '-' || i), 2, CASE WHEN i = 2 THEN 'PRICE_BREACH' ELSE 'DEMOTION' END, 'ESCALATED', 'f-' || f, 'f-' || f,
    opened + interval '1 day', 'QUALITY', 'WARN', 'ESCALATED', 'ESCALATED', '{}', opened,
    CASE WHEN f % 20 > 0 THEN opened + interval '9 days' END, 'default-1'
FROM generate_series(1, ${factories}) AS f, generate_series(1, 2) AS i,
    LATERAL (SELECT TIMESTAMPTZ '2026-01-01 16:00Z' + make_interval(days => f % 170) AS opened) AS at;

INSERT INTO alert_revision
SELECT alert_id, n, kind, CASE WHEN n = 1 THEN 'OPENED' ELSE status END, subject, factory_id, opened_at + make_interval(days => n - 1),
    cause, severity, summary, summary_zh, evidence, policy_version
FROM alert, generate_series(1, 2) AS n;
