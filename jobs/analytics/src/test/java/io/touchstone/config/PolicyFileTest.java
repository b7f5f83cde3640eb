package io.touchstone.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Exposure;
import io.touchstone.policy.Policy;
import io.touchstone.policy.QualityPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The policy's file: as shipped it holds the defaults, and what is wrong with it is said in so many words. */
class PolicyFileTest {
    private static final String TIERS = "price.tiers";
    private static final String EXPOSURE = "quality.classes.FULFILMENT.exposure";

    @TempDir
    private Path temp;

    private ConfigText policy;

    @BeforeEach
    void open() {
        policy = new ConfigText(temp, PolicyFile::read);
    }

    private Policy read(String text) throws IOException {
        return PolicyFile.read(policy.file(text));
    }

    private SortedSet<String> knownKeys() throws IOException {
        Section root = Section.read(policy.file(""));
        PolicyFile.read(root, Policy.DEFAULT);
        return root.knownKeys();
    }

    @Test
    void shipsTheDefaults() {
        assertThat(PolicyFile.read(ConfigText.shipped("policy.yaml"))).isEqualTo(Policy.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "{}", "price:\nquality:\n", "version:\nprice: {tiers: }"})
    void takesTheDefaultOfWhatIsAbsent(String text) throws IOException {
        assertThat(read(text)).isEqualTo(Policy.DEFAULT);
    }

    @Test
    void explainsEveryKeyWhereItIsSet() throws IOException {
        assertThat(knownKeys())
                .hasSize(2 + 5 + 4 + 4 * 5 + 1)
                .contains("version", TIERS, "quality.window_days", EXPOSURE, "quality.categories");
        ConfigText.explains(ConfigText.shipped("policy.yaml"), knownKeys());
    }

    @Test
    void namesUnknownKeysAndTheNearest() throws IOException {
        policy.namesTheNearestOf(knownKeys());
        policy.refuses(
                "quality: {categories: {toys: {QUALTY: {}}}}",
                "unknown key quality.categories.toys.QUALTY; the nearest known key is quality.categories.toys.QUALITY");
        policy.refuses(
                "quality: {categories: {toys: {QUALITY: {weigth: 1}}}}",
                "unknown key quality.categories.toys.QUALITY.weigth;"
                        + " the nearest known key is quality.categories.toys.QUALITY.weight");
    }

    @Test
    void namesValuesOfAnotherType() throws IOException {
        policy.namesEachOfWrongType(knownKeys());
        policy.refuses("price: {min_buyers: many}", "price.min_buyers is \"many\", but has to be an integer");
        policy.refuses("price: {min_buyers: 2.0}", "price.min_buyers is 2.0, but has to be an integer");
        policy.refuses("price: {min_buyers: '2'}", "price.min_buyers is \"2\", but has to be an integer");
        policy.refuses("price: {tiers: 1}", "price.tiers is 1, but has to be a list of integers");
        policy.refuses("price: {tiers: {a: 1}}", "price.tiers is {\"a\":1}, but has to be a list of integers");
        policy.refuses("price: {tiers: [1, 2.5]}", "price.tiers is [1,2.5], but has to be a list of integers");
        policy.refuses("version: 1", "version is 1, but has to be a text");
        policy.refuses("version: ' '", "version is \" \", but has to be a text");
        policy.refuses("price: 1", "price has to hold keys, not 1");
        policy.refuses("[1]", "the file has to hold keys, not [1]");
        policy.refuses("quality: {categories: {toys: 1}}", "quality.categories.toys has to hold keys, not 1");
    }

    @ParameterizedTest
    @CsvSource({
        "price.min_buyers, 1, 10",
        "price.carry_days, 0, 3650",
        "price.tolerance_bp, 0, 10000",
        "price.spike_percent, 0, 1000",
        "quality.window_days, 30, 60",
        "quality.match_timeout_hours, 1, 1440",
        "quality.order_retention_days, 8, 400",
        "quality.return_sla_hours, 1, 1440",
        "quality.classes.QUALITY.standard_bp, 1, 4999",
        "quality.classes.NEGATIVE_REVIEW.mean_bp, 1, 5000",
        "quality.categories.toys.AFTER_SALES.standard_bp, 1, 4999",
        "quality.categories.toys.FULFILMENT.mean_bp, 1, 5000",
    })
    void keepsEveryRangeToItsEdges(String key, int from, int to) throws IOException {
        for (int value : List.of(from, to)) {
            assertThat(read(ConfigText.only(key, String.valueOf(value)))).isNotNull();
        }
        for (int value : List.of(from - 1, to + 1)) {
            policy.refuses(
                    ConfigText.only(key, String.valueOf(value)),
                    key + " is " + value + ", but has to be " + from + " to " + to);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "price.min_buyers",
                "quality.window_days",
                "quality.classes.QUALITY.strength",
                "quality.classes.QUALITY.weight"
            })
    void refusesIntegersOfTooManyDigits(String key) throws IOException {
        for (String value : List.of("4294967299", "-9223372036854775809", "99999999999999999999")) {
            policy.refuses(
                    ConfigText.only(key, value),
                    key + " is " + value + ", but has to be an integer of at most 32 bits");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]           | 1 to 12 tiers",
                "[2, 3]       | ascending from 1",
                "[0, 1]       | ascending from 1",
                "[1, 3, 3]    | ascending from 1",
                "[1, 10, 3]   | ascending from 1",
                "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13] | 1 to 12 tiers",
            })
    void refusesTiersThatDoNotAscendFromOne(String tiers, String range) throws IOException {
        String shown = tiers.equals("[]") ? "[]" : tiers;
        policy.refuses(ConfigText.only(TIERS, tiers), TIERS + " is " + shown + ", but has to be " + range);
    }

    @Test
    void takesOneTierAndTwelve() throws IOException {
        assertThat(read(ConfigText.only(TIERS, "[1]")).price().tiers()).containsExactly(1L);
        assertThat(read(ConfigText.only(TIERS, "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12000000000]"))
                        .price()
                        .tiers())
                .hasSize(12)
                .endsWith(12_000_000_000L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{1: 0, 2: 500}         | {1=0, 2=500}         | steps ascending from age 0",
                "{0: 500, 2: 400}       | {0=500, 2=400}       | values 0 to 1000 that never fall",
                "{0: 0, 9: 1000, 10: 9} | {0=0, 9=1000, 10=9}  | values 0 to 1000 that never fall",
                "{0: -1}                | {0=-1}               | values 0 to 1000 that never fall",
                "{0: 0, 1: 1001}        | {0=0, 1=1001}        | values 0 to 1000 that never fall",
                "{0: 0, 1: x}           | {'0':0,'1':'x'}      | integers under integer keys",
                "{0: 0, 1.5: 10}        | {'0':0,'1.5':10}     | integers under integer keys",
                "{0: 0, -1: 10}         | {'0':0,'-1':10}      | integers under integer keys",
                "{0: 0, 3: 10, 03: 20}  | {'0':0,'3':10,'03':20} | integers under integer keys",
                "{}                     | {}                   | integers under integer keys",
                "[0, 10]                | [0,10]               | integers under integer keys",
            })
    void refusesExposureThatFallsOrDoesNotStartAtBirth(String steps, String shown, String range) throws IOException {
        policy.refuses(
                ConfigText.only(EXPOSURE, steps),
                EXPOSURE + " is " + shown.replace('\'', '"') + ", but has to be " + range);
    }

    @Test
    void takesExposureThatOnlyRests() throws IOException {
        Policy read = read(ConfigText.only(EXPOSURE, "{5: 1000, 0: 0, 3: 0, 9: 1000}"));
        assertThat(read.quality().classes().get(DefectClass.FULFILMENT).exposure())
                .isEqualTo(Exposure.of(0, 0, 3, 0, 5, 1000, 9, 1000));
    }

    @Test
    void refusesWeightsThatDoNotAddUp() throws IOException {
        policy.refuses(
                "quality: {classes: {QUALITY: {weight: 399}}}",
                "quality.classes's weights together is 999, but has to be 1000 to 1000");
        policy.refuses(
                "quality: {categories: {toys: {FULFILMENT: {weight: 201}}}}",
                "quality.categories.toys's weights together is 1001, but has to be 1000 to 1000");
        policy.refuses(
                "quality: {classes: {QUALITY: {weight: 1001}}}",
                "quality.classes.QUALITY.weight is 1001, but has to be 0 to 1000");
        policy.refuses(
                "quality: {classes: {QUALITY: {weight: -1}}}",
                "quality.classes.QUALITY.weight is -1, but has to be 0 to 1000");
        assertThat(read("quality: {classes: {QUALITY: {weight: 0}, FULFILMENT: {weight: 600}}}"))
                .isNotNull();
    }

    @Test
    void refusesAPriorWithoutWeight() throws IOException {
        policy.refuses(
                "quality: {classes: {QUALITY: {strength: 0}}}",
                "quality.classes.QUALITY.strength is 0, but has to be at least 1");
        assertThat(read("quality: {classes: {QUALITY: {strength: 1}}}")).isNotNull();
    }

    @Test
    void refusesZonesThatDoNotExist() throws IOException {
        policy.refuses(
                "time_zone: Asia/Atlantis",
                "time_zone is Asia/Atlantis, but has to be the name of a time zone, such as Asia/Shanghai");
        assertThat(read("time_zone: America/New_York").timeZone()).isEqualTo(ZoneId.of("America/New_York"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"version: a\nversion: b", "price:\n  carry_days: 1\n  carry_days: 2"})
    void refusesAKeyThatStandsTwice(String text) throws IOException {
        Path file = policy.file(text);
        String key = text.substring(text.lastIndexOf('\n') + 1).strip().replaceAll(":.*", "");
        assertThatThrownBy(() -> PolicyFile.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file + ": line ")
                .hasMessageContaining("Duplicate field '" + key + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"price: {", "version: a\n---\nversion: b", "a: b: c", "\t"})
    void namesTheLineThatIsNoYaml(String text) throws IOException {
        Path file = policy.file(text);
        assertThatThrownBy(() -> PolicyFile.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching("(?s)\\Q" + file + "\\E: line \\d+: .+");
    }

    @Test
    void namesTheFileThatIsNotThere() {
        Path file = temp.resolve("nowhere.yaml");
        assertThatThrownBy(() -> PolicyFile.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file + " cannot be read");
    }

    @Test
    void readsJsonToo() throws IOException {
        Path file = temp.resolve("policy.json");
        Files.writeString(file, """
                {"version": "strict-2",
                 "price": {"tiers": [1, 5], "min_buyers": 2},
                 "quality": {"classes": {"FULFILMENT": {"exposure": {"0": 10, "7": 1000}}}}}
                """);
        Policy read = PolicyFile.read(file);
        assertThat(read.version()).isEqualTo("strict-2");
        assertThat(read.timeZone()).isEqualTo(Policy.DEFAULT.timeZone());
        assertThat(read.price().tiers()).containsExactly(1L, 5L);
        assertThat(read.price().minBuyers()).isEqualTo(2);
        assertThat(read.price().carryDays()).isEqualTo(365);
        assertThat(read.quality().classes().get(DefectClass.FULFILMENT).exposure())
                .isEqualTo(Exposure.of(0, 10, 7, 1000));
        assertThat(PolicyFile.read(Path.of("src/test/resources/cases/price-tiny/policy.json")))
                .isEqualTo(Policy.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"version\": \"a\", \"version\": \"b\"}",
                "{\"version\": \"a\"} {}",
                "{\"version\": \"a\"",
                "version: a"
            })
    void refusesWhatIsNotOneJsonObject(String text) throws IOException {
        Path file = Files.writeString(temp.resolve("policy.json"), text);
        assertThatThrownBy(() -> PolicyFile.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching("(?s)\\Q" + file + "\\E: line 1: .+");
    }

    @Test
    void overridesByCategoryWhatItNamesAndNothingElse() throws IOException {
        QualityPolicy quality = read("""
                        quality:
                          classes:
                            QUALITY: {standard_bp: 350, mean_bp: 170}
                          categories:
                            toys:
                              QUALITY: {standard_bp: 450, exposure: {0: 1000}}
                              AFTER_SALES: {strength: 7}
                            "a.b/c 玩具": {}
                        """).quality();
        ClassPolicy standard = QualityPolicy.DEFAULT.classes().get(DefectClass.QUALITY);
        assertThat(quality.classes().get(DefectClass.QUALITY))
                .isEqualTo(new ClassPolicy(350, 170, 50, 400, standard.exposure()));
        assertThat(quality.classesOf("toys").get(DefectClass.QUALITY))
                .isEqualTo(new ClassPolicy(450, 170, 50, 400, Exposure.of(0, 1000)));
        assertThat(quality.classesOf("toys").get(DefectClass.AFTER_SALES).strength())
                .isEqualTo(7);
        assertThat(quality.classesOf("toys").get(DefectClass.FULFILMENT))
                .isEqualTo(quality.classes().get(DefectClass.FULFILMENT));
        assertThat(quality.categories()).containsOnlyKeys("toys", "a.b/c 玩具");
        assertThat(quality.classesOf("a.b/c 玩具")).isEqualTo(quality.classes());
        assertThat(quality.classesOf("socks")).isEqualTo(quality.classes());
        assertThat(quality.classesOf(null)).isEqualTo(quality.classes());
    }
}
