package io.touchstone;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.touchstone.config.Options;
import io.touchstone.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.transformations.PhysicalTransformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The house rules: who may know whom, what a class may be called, how an operator is named. */
class ArchitectureTest {
    private static final String HOUSE = "io.touchstone.";
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.touchstone");

    private static final Set<String> BASE = Set.of("market", "policy", "alert", "state");

    /** The domain, and what each of its packages builds on; price and quality do not know each other. */
    private static final Map<String, Set<String>> DOMAIN = Map.of(
            "market", Set.of(),
            "policy", Set.of("state"),
            "alert", Set.of(),
            "state", Set.of(),
            "price", BASE,
            "quality", BASE);

    private static final List<String> OUTSIDE_WORLD = List.of(
            "java.io.File..",
            "java.lang.System$Logger",
            "java.lang.Thread",
            "java.net..",
            "java.nio.file..",
            "java.security.SecureRandom",
            "java.sql..",
            "java.time.Clock",
            "java.util.Calendar",
            "java.util.Date",
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.util.concurrent.ThreadLocalRandom",
            "java.util.logging..",
            "java.util.random..");

    private static final String IDLE_NAME = "(\\w*(Managers?|Helpers?|Utils?|Utilities|Impl)|Abstract\\w+)";

    @TempDir
    private Path temp;

    private static String[] packages(Collection<String> names, String... further) {
        return Stream.concat(names.stream().map(name -> HOUSE + name + ".."), Stream.of(further))
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(strings = {"market", "policy", "alert", "state", "price", "quality"})
    void domainKnowsJavaAndWhatItBuildsOn(String name) {
        classes()
                .that()
                .resideInAPackage(HOUSE + name + "..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(packages(DOMAIN.get(name), HOUSE + name + "..", "java.."))
                .allowEmptyShould(name.equals("quality"))
                .check(MAIN);
    }

    @Test
    void domainKnowsNoClockNoChanceAndNoWorldOutside() {
        noClasses()
                .that()
                .resideInAnyPackage(packages(DOMAIN.keySet()))
                .should()
                .dependOnClassesThat(describe(
                        "are the world outside",
                        type -> OUTSIDE_WORLD.stream()
                                .anyMatch(world -> world.endsWith("..")
                                        ? type.getName().startsWith(world.substring(0, world.length() - 2))
                                        : type.getName().equals(world))))
                .orShould()
                .accessTargetWhere(describe("it reads a clock, chance or the process", ArchitectureTest::isImpure))
                .check(MAIN);
    }

    private static boolean isImpure(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        return switch (access.getTarget().getName()) {
            case "now" -> owner.startsWith("java.time.");
            case "random" -> owner.equals("java.lang.Math") || owner.equals("java.lang.StrictMath");
            case "randomUUID" -> owner.equals("java.util.UUID");
            case "shuffle" -> owner.equals("java.util.Collections");
            case "systemDefault" -> owner.equals("java.time.ZoneId");
            case "identityHashCode", "arraycopy", "lineSeparator" -> false;
            default -> owner.equals("java.lang.System");
        };
    }

    @Test
    void operatorsKnowTheDomainAndFlink() {
        classes()
                .that()
                .resideInAPackage("io.touchstone.operators..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(packages(
                        DOMAIN.keySet(),
                        "io.touchstone.operators..",
                        "io.touchstone.metrics..",
                        "java..",
                        "org.apache.flink.."))
                .check(MAIN);
    }

    @Test
    void endsDoNotKnowTheOperators() {
        noClasses()
                .that()
                .resideInAPackage("io.touchstone.io..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.touchstone.operators..")
                .check(MAIN);
    }

    @Test
    void configurationKnowsPoliciesOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.touchstone.config..")
                .should()
                .dependOnClassesThat(describe(
                        "are ours, but neither configuration nor policy",
                        type -> type.getPackageName().startsWith("io.touchstone")
                                && !type.getPackageName().equals("io.touchstone.config")
                                && !type.getPackageName().equals("io.touchstone.policy")))
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.flink..")
                .check(MAIN);
    }

    @Test
    void nothingKnowsTheJobs() {
        noClasses()
                .that()
                .resideInAPackage("io.touchstone.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.touchstone")
                .check(MAIN);
    }

    @Test
    void onlyTheEndsKnowKafkaDatabasesAndFormats() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.touchstone.io..", "io.touchstone.event..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka..",
                        "org.apache.flink.connector..",
                        "java.sql..",
                        "javax.sql..",
                        "org.postgresql..",
                        "org.apache.avro..",
                        "io.touchstone.event..",
                        "org.apache.commons.csv..",
                        "org.rocksdb..")
                .check(MAIN);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.touchstone.io..", "io.touchstone.config..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml.jackson..")
                .check(MAIN);
    }

    @Test
    void namesSayWhatAClassIs() throws IOException {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.touchstone.event..")
                .should()
                .haveNameMatching("(.*[.$])?" + IDLE_NAME + "(\\$.*)?")
                .check(MAIN);
        try (Stream<Path> tests = Files.walk(Path.of("src/test/java"))) {
            assertThat(tests.map(path -> path.getFileName().toString().replace(".java", "")))
                    .noneMatch(name -> name.matches(IDLE_NAME));
        }
    }

    @Test
    void everyOperatorIsNamedByItsUidAndListed() throws IOException {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.enableCheckpointing(5000);
        Options options = Options.read(Files.createFile(temp.resolve("jobs.yaml")));
        PriceFloorJob.define(env, options, Policy.DEFAULT);
        isListed("price-floor", env);

        StreamExecutionEnvironment other = StreamExecutionEnvironment.getExecutionEnvironment();
        other.enableCheckpointing(5000);
        FactoryQualityJob.define(other, options, Policy.DEFAULT);
        isListed("factory-quality", other);
    }

    private static void isListed(String job, StreamExecutionEnvironment env) throws IOException {
        Set<String> uids = new HashSet<>();
        for (Transformation<?> operator : operators(env)) {
            assertThat(operator.getUid()).as(operator.getName()).isEqualTo(operator.getName());
            assertThat(operator.getUid()).matches("[a-z]+(-[a-z]+)+");
            assertThat(uids.add(operator.getUid())).as(operator.getUid()).isTrue();
        }
        assertThat(uids).isEqualTo(listed(job));
        assertThat(env.getStreamGraph(false).getStreamNodes())
                .as("a stateful operator by another name, or Kryo, would have failed")
                .hasSizeGreaterThanOrEqualTo(uids.size());
    }

    @Test
    void anOperatorThatNobodyNamedIsAnErrorAtTheStart() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        JobSettings.apply(env);
        env.fromData(Types.INT, 1).uid("count").sinkTo(new DiscardingSink<>());
        assertThatThrownBy(env::getStreamGraph).hasMessageContaining("no UID");
    }

    @Test
    void aTypeThatOnlyKryoKnowsIsAnErrorAtTheStart() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        JobSettings.apply(env);
        GenericTypeInfo<Object> anything = new GenericTypeInfo<>(Object.class);
        assertThatThrownBy(() -> env.fromData(anything, "x").uid("say").sinkTo(new DiscardingSink<>()))
                .hasMessageContaining("Generic types have been disabled");
    }

    /** Everything that runs; unions, side outputs and partitionings have no tasks and no uids. */
    private static List<Transformation<?>> operators(StreamExecutionEnvironment env) {
        Set<Transformation<?>> found = new HashSet<>();
        Deque<Transformation<?>> next = new ArrayDeque<>(env.getTransformations());
        while (!next.isEmpty()) {
            Transformation<?> transformation = next.pop();
            if (found.add(transformation)) {
                next.addAll(transformation.getInputs());
            }
        }
        return found.stream()
                .filter(transformation -> transformation instanceof PhysicalTransformation)
                .<Transformation<?>>map(transformation -> transformation)
                .toList();
    }

    private static Set<String> listed(String job) throws IOException {
        Pattern line = Pattern.compile(job + " (\\S+)");
        Set<String> uids = new HashSet<>();
        for (String text : Files.readAllLines(Path.of("src/test/resources/uids.txt"))) {
            Matcher matcher = line.matcher(text);
            if (matcher.matches()) {
                assertThat(uids.add(matcher.group(1))).as(text).isTrue();
            }
        }
        return uids;
    }
}
