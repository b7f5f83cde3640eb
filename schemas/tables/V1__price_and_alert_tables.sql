-- Price floors, breaches and alerts. Prices are in millionths of the currency unit; every row names the policy it was made under.

CREATE TABLE price_floor_history (
    sku_id               text        NOT NULL,
    channel              text        NOT NULL,
    currency             text        NOT NULL,
    min_quantity         bigint      NOT NULL,
    valid_from           timestamptz NOT NULL,
    floor_micros         bigint,
    literal_floor_micros bigint,
    status               text        NOT NULL,
    buyers               integer     NOT NULL,
    policy_version       text        NOT NULL,
    PRIMARY KEY (sku_id, channel, currency, min_quantity, valid_from)
);
COMMENT ON TABLE price_floor_history IS 'Every change of a price floor: from valid_from on, until the tier''s next row, the floor is this. Rows are facts and never change.';
COMMENT ON COLUMN price_floor_history.sku_id IS 'The item.';
COMMENT ON COLUMN price_floor_history.channel IS 'How it was sold: WHOLESALE, DROPSHIP (prices include freight) or MEMBER.';
COMMENT ON COLUMN price_floor_history.currency IS 'ISO 4217 code of all prices in the row.';
COMMENT ON COLUMN price_floor_history.min_quantity IS 'The quantity tier: the floor holds for lots of at least so many pieces, up to the next tier.';
COMMENT ON COLUMN price_floor_history.valid_from IS 'The instant at which the floor became this: a shipping, a midnight, or the end of a carried floor.';
COMMENT ON COLUMN price_floor_history.floor_micros IS 'The lowest price of one piece that enough distinct buyers paid no more than within 30 days; null when THIN or NONE.';
COMMENT ON COLUMN price_floor_history.literal_floor_micros IS 'The lowest price that anyone paid within 30 days; null when nobody bought.';
COMMENT ON COLUMN price_floor_history.status IS 'CURRENT: enough buyers. CARRIED: the last CURRENT value, while too few buyers are left. THIN: a literal floor only. NONE: no floor.';
COMMENT ON COLUMN price_floor_history.buyers IS 'Distinct buyers within 30 days at that instant, counted up to the policy''s min_buyers.';
COMMENT ON COLUMN price_floor_history.policy_version IS 'The policy in force.';

CREATE TABLE price_floor (
    sku_id               text        NOT NULL,
    channel              text        NOT NULL,
    currency             text        NOT NULL,
    min_quantity         bigint      NOT NULL,
    since                timestamptz NOT NULL,
    floor_micros         bigint,
    literal_floor_micros bigint,
    status               text        NOT NULL,
    buyers               integer     NOT NULL,
    policy_version       text        NOT NULL,
    PRIMARY KEY (sku_id, channel, currency, min_quantity)
);
COMMENT ON TABLE price_floor IS 'The price floor of every item and tier as of now: the newest row of price_floor_history. Never replaced by an older one.';
COMMENT ON COLUMN price_floor.sku_id IS 'The item.';
COMMENT ON COLUMN price_floor.channel IS 'How it was sold: WHOLESALE, DROPSHIP (prices include freight) or MEMBER.';
COMMENT ON COLUMN price_floor.currency IS 'ISO 4217 code of all prices in the row.';
COMMENT ON COLUMN price_floor.min_quantity IS 'The quantity tier: the floor holds for lots of at least so many pieces, up to the next tier.';
COMMENT ON COLUMN price_floor.since IS 'Since when the floor is this: valid_from of the newest history row.';
COMMENT ON COLUMN price_floor.floor_micros IS 'The lowest price of one piece that enough distinct buyers paid no more than within 30 days; null when THIN or NONE.';
COMMENT ON COLUMN price_floor.literal_floor_micros IS 'The lowest price that anyone paid within 30 days; null when nobody bought.';
COMMENT ON COLUMN price_floor.status IS 'CURRENT: enough buyers. CARRIED: the last CURRENT value, while too few buyers are left. THIN: a literal floor only. NONE: no floor.';
COMMENT ON COLUMN price_floor.buyers IS 'Distinct buyers within 30 days at that instant, counted up to the policy''s min_buyers.';
COMMENT ON COLUMN price_floor.policy_version IS 'The policy in force.';

CREATE TABLE price_breach (
    order_id       text        NOT NULL,
    line_id        text        NOT NULL,
    factory_id     text        NOT NULL,
    sku_id         text        NOT NULL,
    channel        text        NOT NULL,
    currency       text        NOT NULL,
    quantity       bigint      NOT NULL,
    tier           bigint      NOT NULL,
    buyer_id       text        NOT NULL,
    paid_at        timestamptz NOT NULL,
    price_micros   bigint      NOT NULL,
    floor_micros   bigint      NOT NULL,
    floor_status   text        NOT NULL,
    excess_bp      bigint      NOT NULL,
    alert_id       text,
    policy_version text        NOT NULL,
    PRIMARY KEY (order_id, line_id)
);
CREATE INDEX price_breach_by_factory ON price_breach (factory_id, paid_at);
CREATE INDEX price_breach_by_item ON price_breach (sku_id, channel, currency, paid_at);
COMMENT ON TABLE price_breach IS 'Every order line that was paid above its floor by more than the tolerance. Rows are facts and never change.';
COMMENT ON COLUMN price_breach.order_id IS 'The order.';
COMMENT ON COLUMN price_breach.line_id IS 'The line, unique within its order.';
COMMENT ON COLUMN price_breach.factory_id IS 'The factory that sold it.';
COMMENT ON COLUMN price_breach.sku_id IS 'The item.';
COMMENT ON COLUMN price_breach.channel IS 'How it was sold: WHOLESALE, DROPSHIP (prices include freight) or MEMBER.';
COMMENT ON COLUMN price_breach.currency IS 'ISO 4217 code of all prices in the row.';
COMMENT ON COLUMN price_breach.quantity IS 'Pieces.';
COMMENT ON COLUMN price_breach.tier IS 'The quantity tier the line was judged in: the largest tier that is at most the quantity.';
COMMENT ON COLUMN price_breach.buyer_id IS 'Who bought.';
COMMENT ON COLUMN price_breach.paid_at IS 'When it was paid, and judged.';
COMMENT ON COLUMN price_breach.price_micros IS 'What the buyer paid for one piece.';
COMMENT ON COLUMN price_breach.floor_micros IS 'The floor at that instant.';
COMMENT ON COLUMN price_breach.floor_status IS 'CURRENT or CARRIED: only such floors bind.';
COMMENT ON COLUMN price_breach.excess_bp IS 'How far the price was above the floor, in basis points, rounded down.';
COMMENT ON COLUMN price_breach.alert_id IS 'The alert of the item that was open once the order had acted; null if none was.';
COMMENT ON COLUMN price_breach.policy_version IS 'The policy in force.';

CREATE TABLE alert_revision (
    alert_id       text        NOT NULL,
    revision       integer     NOT NULL,
    kind           text        NOT NULL,
    status         text        NOT NULL,
    subject        text        NOT NULL,
    factory_id     text        NOT NULL,
    at             timestamptz NOT NULL,
    cause          text,
    severity       text        NOT NULL,
    summary        text        NOT NULL,
    summary_zh     text        NOT NULL,
    evidence       jsonb       NOT NULL,
    policy_version text        NOT NULL,
    PRIMARY KEY (alert_id, revision)
);
CREATE INDEX alert_revision_by_time ON alert_revision (at);
COMMENT ON TABLE alert_revision IS 'Every revision of every alert, as published to the alert topics. Rows are facts and never change.';
COMMENT ON COLUMN alert_revision.alert_id IS 'The episode: the same id from its opening to its end.';
COMMENT ON COLUMN alert_revision.revision IS 'Counts from 1 without gaps.';
COMMENT ON COLUMN alert_revision.kind IS 'PRICE_BREACH, DEMOTION, UNSTABLE_QUALITY or COHORT_DISPARITY.';
COMMENT ON COLUMN alert_revision.status IS 'OPENED, ESCALATED, RECOVERING, RESOLVED or EXPIRED.';
COMMENT ON COLUMN alert_revision.subject IS 'What it is about: a factory, a factory and buyer segment, or sku_id/channel/currency.';
COMMENT ON COLUMN alert_revision.factory_id IS 'The factory it is about; for PRICE_BREACH that of the opening order.';
COMMENT ON COLUMN alert_revision.at IS 'The evaluation, order or midnight that made the revision.';
COMMENT ON COLUMN alert_revision.cause IS 'The class or signal behind it; null for PRICE_BREACH.';
COMMENT ON COLUMN alert_revision.severity IS 'INFO, WARN or CRITICAL.';
COMMENT ON COLUMN alert_revision.summary IS 'One line for people, in English.';
COMMENT ON COLUMN alert_revision.summary_zh IS 'The same line in Chinese.';
COMMENT ON COLUMN alert_revision.evidence IS 'Everything needed to recompute the revision by hand, and what clears it.';
COMMENT ON COLUMN alert_revision.policy_version IS 'The policy in force.';

CREATE TABLE alert (
    alert_id       text        NOT NULL,
    revision       integer     NOT NULL,
    kind           text        NOT NULL,
    status         text        NOT NULL,
    subject        text        NOT NULL,
    factory_id     text        NOT NULL,
    at             timestamptz NOT NULL,
    cause          text,
    severity       text        NOT NULL,
    summary        text        NOT NULL,
    summary_zh     text        NOT NULL,
    evidence       jsonb       NOT NULL,
    opened_at      timestamptz NOT NULL,
    closed_at      timestamptz,
    policy_version text        NOT NULL,
    PRIMARY KEY (alert_id)
);
CREATE INDEX alert_open ON alert (opened_at) WHERE closed_at IS NULL;
CREATE INDEX alert_by_factory ON alert (factory_id, opened_at);
COMMENT ON TABLE alert IS 'Every alert as of now: its newest revision. Never replaced by an older one.';
COMMENT ON COLUMN alert.alert_id IS 'The episode: the same id from its opening to its end.';
COMMENT ON COLUMN alert.revision IS 'The newest revision; counts from 1 without gaps.';
COMMENT ON COLUMN alert.kind IS 'PRICE_BREACH, DEMOTION, UNSTABLE_QUALITY or COHORT_DISPARITY.';
COMMENT ON COLUMN alert.status IS 'OPENED, ESCALATED, RECOVERING, RESOLVED or EXPIRED.';
COMMENT ON COLUMN alert.subject IS 'What it is about: a factory, a factory and buyer segment, or sku_id/channel/currency.';
COMMENT ON COLUMN alert.factory_id IS 'The factory it is about; for PRICE_BREACH that of the opening order.';
COMMENT ON COLUMN alert.at IS 'The evaluation, order or midnight that made the revision.';
COMMENT ON COLUMN alert.cause IS 'The class or signal behind it; null for PRICE_BREACH.';
COMMENT ON COLUMN alert.severity IS 'INFO, WARN or CRITICAL.';
COMMENT ON COLUMN alert.summary IS 'One line for people, in English.';
COMMENT ON COLUMN alert.summary_zh IS 'The same line in Chinese.';
COMMENT ON COLUMN alert.evidence IS 'Everything needed to recompute the revision by hand, and what clears it.';
COMMENT ON COLUMN alert.opened_at IS 'When the episode began.';
COMMENT ON COLUMN alert.closed_at IS 'When it was RESOLVED or EXPIRED; null while it is open.';
COMMENT ON COLUMN alert.policy_version IS 'The policy in force.';
