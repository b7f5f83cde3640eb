-- Scores, signals and standing of factories. A day's rows are final once written.

CREATE TABLE factory_score_daily (
    factory_id     text NOT NULL,
    day            date NOT NULL,
    score          double precision NOT NULL,
    band           text NOT NULL,
    standing       text NOT NULL,
    category_id    text,
    belt_id        text,
    policy_version text NOT NULL,
    PRIMARY KEY (factory_id, day)
);
CREATE INDEX factory_score_daily_by_day ON factory_score_daily (day);
COMMENT ON TABLE factory_score_daily IS 'How good a factory was on every day. Rows are facts: they saw all events before that midnight and never change.';
COMMENT ON COLUMN factory_score_daily.factory_id IS 'The factory.';
COMMENT ON COLUMN factory_score_daily.day IS 'The local day of the evaluation: made at its first instant, from cohort days before it.';
COMMENT ON COLUMN factory_score_daily.score IS '0 to 100: the weighted sub-scores of the four classes over the window.';
COMMENT ON COLUMN factory_score_daily.band IS 'A (80 and more), B (70), C (60), D; a sub-score below 60 caps it at C; UNRATED with fewer than 30 effective orders.';
COMMENT ON COLUMN factory_score_daily.standing IS 'UNRATED, GOOD, WATCH, PROBATION, DEMOTED or TRIAL, after the day''s step.';
COMMENT ON COLUMN factory_score_daily.category_id IS 'The category with most orders in the window; null if there is none.';
COMMENT ON COLUMN factory_score_daily.belt_id IS 'The industrial cluster (产业带) of its newest payment; null if it had none.';
COMMENT ON COLUMN factory_score_daily.policy_version IS 'The policy in force.';

CREATE TABLE factory_score (
    factory_id     text NOT NULL,
    day            date NOT NULL,
    score          double precision NOT NULL,
    band           text NOT NULL,
    standing       text NOT NULL,
    category_id    text,
    belt_id        text,
    policy_version text NOT NULL,
    PRIMARY KEY (factory_id)
);
CREATE INDEX factory_score_by_standing ON factory_score (standing);
COMMENT ON TABLE factory_score IS 'How good a factory is as of its newest evaluation. Never replaced by an older one.';
COMMENT ON COLUMN factory_score.factory_id IS 'The factory.';
COMMENT ON COLUMN factory_score.day IS 'The local day of the evaluation: made at its first instant, from cohort days before it.';
COMMENT ON COLUMN factory_score.score IS '0 to 100: the weighted sub-scores of the four classes over the window.';
COMMENT ON COLUMN factory_score.band IS 'A (80 and more), B (70), C (60), D; a sub-score below 60 caps it at C; UNRATED with fewer than 30 effective orders.';
COMMENT ON COLUMN factory_score.standing IS 'UNRATED, GOOD, WATCH, PROBATION, DEMOTED or TRIAL, after the day''s step.';
COMMENT ON COLUMN factory_score.category_id IS 'The category with most orders in the window; null if there is none.';
COMMENT ON COLUMN factory_score.belt_id IS 'The industrial cluster (产业带) of its newest payment; null if it had none.';
COMMENT ON COLUMN factory_score.policy_version IS 'The policy in force.';

CREATE TABLE factory_class_daily (
    factory_id     text NOT NULL,
    day            date NOT NULL,
    class          text NOT NULL,
    x              bigint NOT NULL,
    n              bigint NOT NULL,
    e_milli        bigint NOT NULL,
    rate           double precision,
    shrunk_rate    double precision NOT NULL,
    standard_bp    bigint NOT NULL,
    sub_score      double precision NOT NULL,
    buyers         bigint NOT NULL,
    cusum          bigint NOT NULL,
    signal         text,
    drift          boolean NOT NULL,
    policy_version text NOT NULL,
    PRIMARY KEY (factory_id, day, class)
);
COMMENT ON TABLE factory_class_daily IS 'What each class of defect contributed to a day''s evaluation, over the window. Rows are facts and never change.';
COMMENT ON COLUMN factory_class_daily.factory_id IS 'The factory.';
COMMENT ON COLUMN factory_class_daily.day IS 'The local day of the evaluation: made at its first instant, from cohort days before it.';
COMMENT ON COLUMN factory_class_daily.class IS 'QUALITY, NEGATIVE_REVIEW, FULFILMENT or AFTER_SALES.';
COMMENT ON COLUMN factory_class_daily.x IS 'Buyer-days with a defect of the class: the unit is a buyer''s day, ten parcels of one buyer weigh as one.';
COMMENT ON COLUMN factory_class_daily.n IS 'Buyer-days.';
COMMENT ON COLUMN factory_class_daily.e_milli IS 'Effective orders in thousandths: young orders weigh less, as they have not had the time to go wrong.';
COMMENT ON COLUMN factory_class_daily.rate IS 'x per effective order; null if there is none.';
COMMENT ON COLUMN factory_class_daily.shrunk_rate IS 'The rate drawn towards the prior mean; the score is made of it.';
COMMENT ON COLUMN factory_class_daily.standard_bp IS 'The rate that is just good enough, in basis points.';
COMMENT ON COLUMN factory_class_daily.sub_score IS '100 without defects, 60 at the standard, 0 at 2.5 times it.';
COMMENT ON COLUMN factory_class_daily.buyers IS 'Distinct buyers with a defect.';
COMMENT ON COLUMN factory_class_daily.cusum IS 'Evidence of a drift, in billionths of a nat; DRIFT fires at 6 000 000 000.';
COMMENT ON COLUMN factory_class_daily.signal IS 'The strongest of SEVERE, FAIL, WARN that fires; null if none does.';
COMMENT ON COLUMN factory_class_daily.drift IS 'Whether DRIFT fires.';
COMMENT ON COLUMN factory_class_daily.policy_version IS 'The policy in force.';

CREATE TABLE factory_segment_daily (
    factory_id     text NOT NULL,
    day            date NOT NULL,
    segment        text NOT NULL,
    n              bigint NOT NULL,
    x              bigint NOT NULL,
    z              double precision,
    rr             double precision,
    disparity      boolean NOT NULL,
    policy_version text NOT NULL,
    PRIMARY KEY (factory_id, day, segment)
);
COMMENT ON TABLE factory_segment_daily IS 'How the groups of buyers fared with a factory, class QUALITY, over cohort days 90 to 8 days back. Rows are facts and never change.';
COMMENT ON COLUMN factory_segment_daily.factory_id IS 'The factory.';
COMMENT ON COLUMN factory_segment_daily.day IS 'The local day of the evaluation: made at its first instant, from cohort days before it.';
COMMENT ON COLUMN factory_segment_daily.segment IS 'WHOLESALER, SMALL_BUSINESS, CONSUMER or PLUS_MEMBER.';
COMMENT ON COLUMN factory_segment_daily.n IS 'Buyer-days of the segment.';
COMMENT ON COLUMN factory_segment_daily.x IS 'Those with a defect.';
COMMENT ON COLUMN factory_segment_daily.z IS 'How far the segment is off the others, product mix apart, in standard deviations; null without variance.';
COMMENT ON COLUMN factory_segment_daily.rr IS 'Risk ratio of the segment against the others, product mix apart; may be Infinity, null without any defect.';
COMMENT ON COLUMN factory_segment_daily.disparity IS 'Whether DISPARITY fires.';
COMMENT ON COLUMN factory_segment_daily.policy_version IS 'The policy in force.';

CREATE TABLE standing_history (
    factory_id     text NOT NULL,
    entered_at     timestamptz NOT NULL,
    from_standing  text NOT NULL,
    to_standing    text NOT NULL,
    cause          text,
    alert_id       text,
    policy_version text NOT NULL,
    PRIMARY KEY (factory_id, entered_at)
);
CREATE INDEX standing_history_by_time ON standing_history (entered_at);
COMMENT ON TABLE standing_history IS 'Every step of every factory''s standing. Rows are facts and never change.';
COMMENT ON COLUMN standing_history.factory_id IS 'The factory.';
COMMENT ON COLUMN standing_history.entered_at IS 'The midnight of the step.';
COMMENT ON COLUMN standing_history.from_standing IS 'The standing before.';
COMMENT ON COLUMN standing_history.to_standing IS 'The standing after.';
COMMENT ON COLUMN standing_history.cause IS 'The class or signal behind it, or FORGOTTEN; null when a factory becomes GOOD outside a demotion.';
COMMENT ON COLUMN standing_history.alert_id IS 'The DEMOTION alert the step belongs to; null outside one.';
COMMENT ON COLUMN standing_history.policy_version IS 'The policy in force.';
