package io.touchstone.alert;

/** Where an episode stands. */
public enum AlertStatus {
    OPENED,
    ESCALATED,
    RECOVERING,
    RESOLVED,
    EXPIRED;

    /** For the Chinese line of an alert. */
    public String inChinese() {
        return switch (this) {
            case OPENED -> "新告警";
            case ESCALATED -> "告警升级";
            case RECOVERING -> "恢复中";
            case RESOLVED -> "已解除";
            case EXPIRED -> "已失效";
        };
    }

    /** No revision follows. */
    public boolean closed() {
        return this == RESOLVED || this == EXPIRED;
    }
}
