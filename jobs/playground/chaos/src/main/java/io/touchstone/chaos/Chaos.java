package io.touchstone.chaos;

import io.touchstone.chaos.ResultTable.Result;
import io.touchstone.chaos.ResultTable.Verdict;
import io.touchstone.playground.cluster.ClusterFolder;
import io.touchstone.playground.cluster.Terminal;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code scripts/chaos}: runs the tests of faults, one after the other, and says what came of them. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Breaks clusters on purpose: kills, stops and starves processes of its own, while events come in, and compares what"
                    + " came out with a backtest over the same events.",
            "",
            "Each test has a cluster in a folder of its own, on free ports, and touches no process whose command line does"
                    + " not name that folder. A seed reproduces load and schedule."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every test passed; with --mutant, every mutant was caught",
            "1:some did not",
            "2:it could not be done"
        })
public final class Chaos implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "ID",
            description = "these tests: --only R01,R06 (default: all)")
    private List<String> only = List.of();

    @Option(names = "--gate", description = "the tests that a release has to pass")
    private boolean gate;

    @Option(names = "--list", description = "says what there is, and does nothing")
    private boolean list;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "of load and schedule (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--mutant",
            description =
                    "switches each test's mutant on, a change of behaviour that it has to catch: it passes if it fails")
    private boolean mutant;

    @Option(
            names = "--scale",
            paramLabel = "SHARE",
            defaultValue = "1",
            description = "how much of the full length, above 0 and up to 1; targets on volume hold for 1 only")
    private double scale;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "4000",
            description = "events per second of the load, 100 to 10000 (default: ${DEFAULT-VALUE})")
    private int rate;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "where the folders of the runs go (default: .touchstone-chaos in the checkout)")
    private Path folder;

    @Option(
            names = "--keep",
            description =
                    "keep the data of tests in which every invariant held; those of others, and all logs, are kept anyway")
    private boolean keep;

    private PrintWriter out;

    public static void main(String[] args) {
        System.exit(Terminal.run(new Chaos(), args));
    }

    @Override
    public Integer call() throws Exception {
        out = spec.commandLine().getOut();
        List<FaultTest> chosen = chosen();
        if (list) {
            chosen.stream().map(FaultTest::description).forEach(this::tell);
            return 0;
        }
        if (!(scale > 0 && scale <= 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--scale is " + scale + ", but has to be above 0 and up to 1");
        }
        if (rate < 100 || rate > 10_000) {
            throw new ParameterException(spec.commandLine(), "--rate is " + rate + ", but has to be 100 to 10000");
        }
        Path run = (folder == null ? ClusterFolder.home().resolve(".touchstone-chaos") : folder)
                .toAbsolutePath()
                .resolve(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)
                                .format(LocalDateTime.now(ZoneId.systemDefault()))
                        + "-seed-" + seed);
        out.println("Seed " + seed + ", folder " + run);
        List<Result> results = new ArrayList<>();
        for (FaultTest test : chosen) {
            results.add(run(test, run));
        }
        ResultTable.print(results, mutant, out);
        List<String> absent = new ArrayList<>(gate ? FaultTests.GATE : List.of());
        absent.removeAll(FaultTests.ids());
        if (!absent.isEmpty()) {
            out.println("The gate wants more, which nobody has written yet: " + absent);
            return 1;
        }
        return results.stream().allMatch(result -> result.verdict().isGood()) ? 0 : 1;
    }

    private List<FaultTest> chosen() {
        for (String id : only) {
            if (!FaultTests.ids().contains(id)) {
                throw new ParameterException(
                        spec.commandLine(), "--only " + id + " is no test, but these are: " + FaultTests.ids());
            }
        }
        return FaultTests.ALL.stream()
                .filter(test ->
                        only.isEmpty() || only.contains(test.description().id()))
                .filter(test -> !gate || test.description().gate())
                .toList();
    }

    private void tell(FaultTest.Description test) {
        out.println(
                "%-4s %-6s %2d min  %s".formatted(test.id(), test.gate() ? "gate" : "", test.minutes(), test.fault()));
        out.println("     invariant: " + test.invariant());
        out.println("     target:    " + test.target());
        out.println("     mutant:    " + test.mutant());
    }

    private Result run(FaultTest test, Path run) {
        String id = test.description().id();
        long begun = System.nanoTime();
        Round round = new Round(id, run.resolve(id), seed, scale, rate, mutant, out);
        round.say(
                "%s%s",
                test.description().fault(),
                mutant ? ", with " + test.description().mutant() : "");
        Result result;
        try {
            Finding finding = test.run(round);
            Verdict verdict = mutant
                    ? (finding.broken().isEmpty() ? Verdict.MISSED : Verdict.CAUGHT)
                    : (finding.holds() ? Verdict.PASSED : Verdict.FAILED);
            result = new Result(test.description(), verdict, seconds(begun), finding.measured(), finding.broken());
            if (finding.holds() && !keep) {
                forgetData(round.folder());
            }
        } catch (Exception | AssertionError e) {
            e.printStackTrace(spec.commandLine().getErr());
            result = new Result(test.description(), Verdict.ERROR, seconds(begun), "nothing", List.of(e.toString()));
        }
        round.say("%s %s%s", result.verdict(), result.measured(), result.why().isEmpty() ? "" : " " + result.why());
        return result;
    }

    private static long seconds(long begun) {
        return (System.nanoTime() - begun) / 1_000_000_000;
    }

    /** Everything but logs: a run of an hour would else leave gigabytes. */
    private static void forgetData(Path folder) throws java.io.IOException {
        for (String part : List.of("history", "live", "backtest", "cluster/data", "cluster/lib")) {
            if (Files.exists(folder.resolve(part))) {
                new ClusterFolder(folder.resolve(part)).delete();
            }
        }
    }
}
