package io.touchstone.desk.forward;

/** What a receiver understands. */
enum TargetType {
    /** JSON as {@code schemas/json/webhook.schema.json} describes it. */
    WEBHOOK,
    /** An incoming webhook of Slack, or of what speaks like it. */
    SLACK,
    /** PagerDuty's Events API v2: an event per alert. */
    PAGERDUTY,
    /** Alertmanager's API v2. */
    ALERTMANAGER;

    /** Whether one request can hold several alerts. */
    boolean takesGroups() {
        return this != PAGERDUTY;
    }
}
