package io.touchstone.desk.alerts;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Instants as people write and read them, in the zone of the business days. */
public final class When {
    /** What {@link #instant} takes. */
    public static final String INSTANTS =
            "a local date (its midnight) or a time with its offset (2027-01-31T08:00+08:00)";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}) ?(s|min|m|h|d)");
    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private When() {}

    /**
     * An instant in epoch ms.
     *
     * @throws DateTimeException if the text is not one of {@link #INSTANTS}
     */
    public static long instant(String text, ZoneId zone) {
        return text.contains("T")
                ? OffsetDateTime.parse(text).toInstant().toEpochMilli()
                : LocalDate.parse(text).atStartOfDay(zone).toInstant().toEpochMilli();
    }

    /**
     * The same, or so long before {@code now}, such as 2h.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static long since(String text, ZoneId zone, long now) {
        Matcher duration = DURATION.matcher(text.strip());
        try {
            return duration.matches() ? now - duration(duration).toMillis() : instant(text.strip(), zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    text + " is no time: it has to be how long ago, in s, min, h or d, " + INSTANTS, e);
        }
    }

    private static Duration duration(Matcher text) {
        long number = Long.parseLong(text.group(1));
        return switch (text.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofMinutes(number);
        };
    }

    /** To the minute: {@code 2027-01-31 08:00}. */
    public static String local(long instant, ZoneId zone) {
        return MINUTES.format(Instant.ofEpochMilli(instant).atZone(zone));
    }

    /** How long something lasts, in its largest unit: {@code 3 d}. */
    static String length(long ms) {
        Duration length = Duration.ofMillis(Math.max(ms, 0));
        return length.toDays() > 0
                ? length.toDays() + " d"
                : length.toHours() > 0 ? length.toHours() + " h" : length.toMinutes() + " min";
    }
}
