package io.touchstone.desk.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.alert.Severity;
import io.touchstone.config.ConfigException;
import io.touchstone.config.Secret;
import io.touchstone.config.Section;
import io.touchstone.desk.alerts.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is told: as shipped the file holds the defaults and explains every key, and what is wrong with it is said in so many words. */
class ForwardOptionsTest {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final Path SHIPPED = Path.of(System.getProperty("touchstone.home"), "conf", "forward.yaml");

    @TempDir
    private Path temp;

    private Path file(String text) throws IOException {
        return Files.writeString(temp.resolve("forward.yaml"), text);
    }

    private ForwardOptions read(String text) throws IOException {
        return ForwardOptions.read(file(text), ZONE);
    }

    private static String target(String keys) {
        return "targets: {t: {" + keys + "}}";
    }

    @Test
    void shipsTheDefaults() throws IOException {
        ForwardOptions shipped = ForwardOptions.read(SHIPPED, ZONE);
        ForwardOptions standard = read("""
                targets: {example: {type: webhook, url: "http://localhost:8080/alerts"}}
                inhibitions: {demotion: {source: DEMOTION, mutes: [UNSTABLE_QUALITY]}}
                """);
        assertThat(shipped).isEqualTo(standard);
        assertThat(standard.window()).isEqualTo(Duration.ofMinutes(5));
        assertThat(standard.firstStart()).isEqualTo(ForwardOptions.FirstStart.OPEN);
        assertThat(standard.silences()).isEmpty();
    }

    @Test
    void explainsEveryKeyWhereItIsSet() throws IOException {
        Section section = Section.read(file("""
                targets: {example: {type: webhook, url: "http://localhost:8080/alerts"}}
                inhibitions: {demotion: {source: DEMOTION, mutes: [UNSTABLE_QUALITY]}}
                silences: {stocktaking: {from: 2027-01-01, until: 2027-01-02, reason: r}}
                """));
        ForwardOptions.read(section, ZONE);
        SortedSet<String> keys = section.knownKeys();
        assertThat(keys).hasSizeGreaterThan(25);
        List<String> lines = Files.readAllLines(SHIPPED);
        for (String key : keys) {
            String name = key.substring(key.lastIndexOf('.') + 1);
            int line = 0;
            while (line < lines.size() && !lines.get(line).matches("[# ]*" + name + ":.*")) {
                line++;
            }
            assertThat(line).as(key + " stands in the file").isLessThan(lines.size());
            boolean silence = key.startsWith("silences.stocktaking.");
            assertThat(lines.get(line - 1)).as(key + " is explained").matches(silence ? ".*" : " *#.*");
        }
    }

    @Test
    void shipsExamplesThatAreRight() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(SHIPPED)) {
            // What is commented out under a key is an example.
            lines.add(line.matches("  # ( *[a-z_]+:( .*)?|  # .*)") ? "  " + line.substring(4) : line);
        }
        ForwardOptions options = read(String.join("\n", lines).replace("silences: {}", "silences:"));
        assertThat(options.targets())
                .extracting(Target::type)
                .containsExactly(TargetType.WEBHOOK, TargetType.SLACK, TargetType.PAGERDUTY, TargetType.ALERTMANAGER);
        assertThat(options.targets().get(1).secretUrl()).isEqualTo(new Secret(null, "secrets/slack-url"));
        assertThat(options.targets().get(2).kinds()).containsExactlyInAnyOrder(Kind.DEMOTION, Kind.PRICE_BREACH);
        assertThat(options.targets().get(2).least()).isEqualTo(Severity.CRITICAL);
        Silence silence = options.silences().get(0);
        assertThat(silence.subjects()).isEqualTo(Set.of("R003/WHOLESALE/CNY"));
        assertThat(Instant.ofEpochMilli(silence.from())).isEqualTo("2027-01-30T16:00:00Z");
        assertThat(Instant.ofEpochMilli(silence.until())).isEqualTo("2027-02-03T00:00:00Z");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            targest: {}                                     | unknown key targest; the nearest known key is targets
            grouping: {windw: 1 s}                          | unknown key grouping.windw; the nearest known key is grouping.window
            targets: {t: {type: webhook, url: 'http://x', min_severty: warn}} | unknown key targets.t.min_severty; the nearest known key is targets.t.min_severity
            targets: {t: {url: 'http://x'}}                 | targets.t.type is absent, but has to be webhook or slack or pagerduty or alertmanager
            targets: {t: {type: hook, url: 'http://x'}}     | targets.t.type is hook, but has to be webhook or slack or pagerduty or alertmanager
            targets: {t: {type: webhook}}                   | targets.t.url is absent, but has to be an address
            targets: {t: {type: webhook, url: 'ftp://x'}}   | targets.t.url is ftp://x, but has to be an address that begins with http:// or https://
            targets: {t: {type: webhook, url: 'http://me:pw@x'}} | targets.t.url is one with a login, but has to be without: that is for secret_file
            targets: {t: {type: pagerduty}}                 | targets.t.secret_file is absent, but has to be a file that holds the routing key, unless secret_variable names one
            targets: {t: {type: webhook, url: 'http://x', url_file: f}} | targets.t.url_file means nothing without type: slack
            targets: {t: {type: webhook, url: 'http://x', resend_every: 1 s}} | targets.t.resend_every means nothing without type: alertmanager
            targets: {t: {type: webhook, url: 'http://x', kinds: [DEMOTON]}} | targets.t.kinds is DEMOTON, but has to be a list of PRICE_BREACH, DEMOTION, UNSTABLE_QUALITY, COHORT_DISPARITY
            targets: {t: {type: webhook, url: 'http://x', secret_file: a, secret_variable: B}} | targets.t.secret_variable is B, but has to be absent where secret_file is given
            inhibitions: {i: {mutes: [DEMOTION]}}           | inhibitions.i.source is absent, but has to be a text
            inhibitions: {i: {source: DEMOTION, mutes: [DEMOTION]}} | inhibitions.i.mutes is [DEMOTION], but has to be a list of other kinds than source
            silences: {s: {from: 2027-01-01, reason: r}}    | silences.s.until is absent, but has to be a local date (its midnight) or a time with its offset (2027-01-31T08:00+08:00)
            silences: {s: {from: 2027-01-01, until: soon, reason: r}} | silences.s.until is soon, but has to be a local date (its midnight) or a time with its offset (2027-01-31T08:00+08:00)
            silences: {s: {from: 2027-01-01, until: 2027-01-01, reason: r}} | silences.s.until is 2027-01-01, but has to be later than from
            silences: {s: {from: 2027-01-01, until: 2027-01-02}} | silences.s.reason is absent, but has to be a text
            grouping: {window: 5}                           | grouping.window is 5, but has to be a number with a unit (ms, s, min, h, d), 0 s to 1 h
            """)
    void namesWhatIsWrong(String text, String message) throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> ForwardOptions.read(file, ZONE))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": " + message);
    }

    @Test
    void saysWhichSecretIsMissing() throws IOException {
        Path nowhere = temp.resolve("nowhere");
        Path file = file("");
        ForwardOptions missing = read(target("type: pagerduty, secret_file: '" + nowhere + "'"));
        assertThatThrownBy(() -> Forwarder.checkSecrets(file, missing))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": targets.t: the secret's file cannot be read: " + nowhere);
        ForwardOptions unset = read(target("type: slack, url_variable: TOUCHSTONE_TEST_UNSET"));
        assertThatThrownBy(() -> Forwarder.checkSecrets(file, unset))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": targets.t: there is no secret in environment variable TOUCHSTONE_TEST_UNSET");
        assertThatThrownBy(() -> Forwarder.checkSecrets(file, read("")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": targets is empty: nobody would be told of anything");
    }
}
