package io.touchstone.desk.forward;

import io.touchstone.alert.Severity;
import io.touchstone.config.ConfigException;
import io.touchstone.config.Secret;
import io.touchstone.config.Section;
import io.touchstone.desk.alerts.Kind;
import io.touchstone.desk.alerts.When;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who is told of alerts, and how. {@code conf/forward.yaml} explains every key; a test keeps the two together.
 *
 * @param firstStart where to begin while there are no committed offsets
 * @param databaseUser as whom belts are read; null for the wiring's user
 * @param databasePasswordFile null for the wiring's, or the environment variable if there is another user
 * @param window how long alerts of one belt wait for each other; zero for not at all
 * @param firstPause before the second try
 * @param longestPause between two tries
 * @param triesIfRefused how often a message is tried that the receiver does not want
 * @param giveUpAfter how long a message is tried that fails
 * @param undeliverable where messages end that were given up
 */
public record ForwardOptions(
        FirstStart firstStart,
        String databaseUser,
        String databasePasswordFile,
        Duration window,
        Duration firstPause,
        Duration longestPause,
        int triesIfRefused,
        Duration giveUpAfter,
        Path undeliverable,
        List<Target> targets,
        List<Inhibition> inhibitions,
        List<Silence> silences) {

    /** What the first start of all sends. */
    enum FirstStart {
        /** The newest revision of each alert that is open, then what comes. */
        OPEN,
        /** What comes. */
        NEW,
        /** Every revision that the topics hold, then what comes. */
        ALL
    }

    private static final String PAGERDUTY = "https://events.pagerduty.com/v2/enqueue";

    /**
     * Reads and checks the file.
     *
     * @param zone of dates without a time
     * @throws ConfigException naming file, key, value and range
     */
    public static ForwardOptions read(Path file, ZoneId zone) {
        return read(Section.read(file), zone);
    }

    static ForwardOptions read(Section root, ZoneId zone) {
        Section database = root.section("database");
        Section grouping = root.section("grouping");
        Section retries = root.section("retries");
        ForwardOptions options = new ForwardOptions(
                root.choice("first_start", FirstStart.OPEN),
                database.text("user", null),
                database.text("password_file", null),
                grouping.duration("window", Duration.ofMinutes(5), Duration.ZERO, Duration.ofHours(1)),
                retries.duration("first_pause", Duration.ofSeconds(1), Duration.ofMillis(10), Duration.ofMinutes(10)),
                retries.duration("longest_pause", Duration.ofMinutes(5), Duration.ofMillis(10), Duration.ofHours(1)),
                retries.integer("tries_if_refused", 3, 1, 100),
                retries.duration("give_up_after", Duration.ofDays(1), Duration.ofSeconds(1), Duration.ofDays(30)),
                Path.of(root.text("undeliverable", "undeliverable.jsonl")),
                named(root.section("targets"), ForwardOptions::target),
                named(root.section("inhibitions"), ForwardOptions::inhibition),
                named(root.section("silences"), (name, section) -> silence(name, section, zone)));
        root.checkUnknown();
        return options;
    }

    /** A digest of what decides who is told of what; it differs if that does. */
    String rules() {
        StringBuilder text = new StringBuilder();
        targets.forEach(
                target -> text.append(List.of("target", target.name(), target.least(), new TreeSet<>(target.kinds()))));
        inhibitions.forEach(rule -> text.append(List.of("inhibition", rule.source(), new TreeSet<>(rule.muted()))));
        silences.forEach(silence -> text.append(List.of(
                "silence",
                new TreeSet<>(silence.kinds()),
                new TreeSet<>(silence.factories()),
                new TreeSet<>(silence.subjects()),
                new TreeSet<>(silence.alertIds()),
                silence.from(),
                silence.until())));
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Reads what stands under a name of the user's choice. */
    private interface Part<T> {
        T read(String name, Section section);
    }

    private static <T> List<T> named(Section all, Part<T> part) {
        List<T> parts = new ArrayList<>();
        for (String name : all.keys()) {
            parts.add(part.read(name, all.section(name)));
        }
        return List.copyOf(parts);
    }

    private static Target target(String name, Section section) {
        if (section.text("type", null) == null) {
            throw section.wrong("type", "absent", "webhook or slack or pagerduty or alertmanager");
        }
        TargetType type = section.choice("type", TargetType.WEBHOOK);
        String url = section.text("url", type == TargetType.PAGERDUTY ? PAGERDUTY : null);
        Secret secretUrl = secret(section, "url_file", "url_variable");
        if (type != TargetType.SLACK) {
            section.onlyWith("type: slack", "url_file", "url_variable");
        }
        if (url == null && secretUrl == null) {
            throw section.wrong(
                    "url",
                    "absent",
                    type == TargetType.SLACK
                            ? "an address, unless url_file or url_variable says where it is"
                            : "an address");
        }
        if (url != null && secretUrl != null) {
            throw section.wrong("url", url, "absent where url_file or url_variable is given");
        }
        if (url != null) {
            checkUrl(section, url);
        }
        Secret secret = secret(section, "secret_file", "secret_variable");
        if (type == TargetType.PAGERDUTY && secret == null) {
            throw section.wrong(
                    "secret_file", "absent", "a file that holds the routing key, unless secret_variable names one");
        }
        if (type == TargetType.SLACK) {
            section.onlyWith("a type that has a secret beside its address", "secret_file", "secret_variable");
        }
        Duration resend =
                section.duration("resend_every", Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofHours(1));
        if (type != TargetType.ALERTMANAGER) {
            section.onlyWith("type: alertmanager", "resend_every");
        }
        return new Target(
                name,
                type,
                url,
                secretUrl,
                secret,
                section.choice("min_severity", Severity.INFO),
                kinds(section, "kinds"),
                section.duration("timeout", Duration.ofSeconds(10), Duration.ofMillis(50), Duration.ofMinutes(5)),
                resend);
    }

    private static void checkUrl(Section section, String url) {
        try {
            URI uri = URI.create(url);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
                throw section.wrong("url", url, "an address that begins with http:// or https://");
            }
            if (uri.getUserInfo() != null) {
                throw section.wrong("url", "one with a login", "without: that is for secret_file");
            }
        } catch (IllegalArgumentException e) {
            throw section.wrong("url", url, "an address that begins with http:// or https://");
        }
    }

    private static Secret secret(Section section, String fileKey, String variableKey) {
        String file = section.text(fileKey, null);
        String variable = section.text(variableKey, null);
        if (file != null && variable != null) {
            throw section.wrong(variableKey, variable, "absent where " + fileKey + " is given");
        }
        return file == null && variable == null ? null : new Secret(variable, file);
    }

    private static Set<Kind> kinds(Section section, String key) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (String name : section.texts(key)) {
            if (!Kind.names().contains(name)) {
                throw section.wrong(key, name, "a list of " + String.join(", ", Kind.names()));
            }
            kinds.add(Kind.valueOf(name));
        }
        return kinds;
    }

    private static Inhibition inhibition(String name, Section section) {
        String source = section.requiredText("source");
        if (!Kind.names().contains(source)) {
            throw section.wrong("source", source, "one of " + String.join(", ", Kind.names()));
        }
        Set<Kind> muted = kinds(section, "mutes");
        if (muted.isEmpty() || muted.contains(Kind.valueOf(source))) {
            throw section.wrong("mutes", section.texts("mutes"), "a list of other kinds than source");
        }
        return new Inhibition(name, Kind.valueOf(source), muted);
    }

    private static Silence silence(String name, Section section, ZoneId zone) {
        Silence silence = new Silence(
                name,
                kinds(section, "kinds"),
                Set.copyOf(section.texts("factories")),
                Set.copyOf(section.texts("subjects")),
                Set.copyOf(section.texts("alert_ids")),
                instant(section, "from", zone),
                instant(section, "until", zone),
                section.requiredText("reason"));
        if (silence.until() <= silence.from()) {
            throw section.wrong("until", section.requiredText("until"), "later than from");
        }
        return silence;
    }

    private static long instant(Section section, String key, ZoneId zone) {
        String text = section.text(key, null);
        try {
            if (text != null) {
                return When.instant(text, zone);
            }
        } catch (DateTimeException e) {
            // Said below.
        }
        throw section.wrong(key, text == null ? "absent" : text, When.INSTANTS);
    }
}
