package io.touchstone.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code scripts/bench}: what an event costs, and what it costs otherwise. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures what an event costs, in ratios within one run; see --list for what there is.")
public final class Bench implements Callable<Integer> {
    static final List<Experiment> ALL = List.of(
            new PriceFloorCost(),
            new QualityCost(),
            new Growth(),
            new HotKey(),
            new Subtasks(),
            new StreamsCost(),
            new BacktestCost(),
            new AlertLatency(),
            new StateSize(),
            new CheckpointCost());

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "experiments (default: all; see --list)")
    private List<String> names = List.of();

    @Option(names = "--list", description = "says what there is to measure")
    private boolean list;

    @Option(names = "--rounds", defaultValue = "5", description = "measured rounds (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--orders", defaultValue = "1000000", description = "orders (default: ${DEFAULT-VALUE})")
    private int orders;

    @Option(names = "--keys", defaultValue = "200000", description = "skus (default: ${DEFAULT-VALUE})")
    private int keys;

    @Option(names = "--factories", defaultValue = "100000", description = "factories (default: ${DEFAULT-VALUE})")
    private int factories;

    @Option(
            names = "--hours",
            defaultValue = "24",
            description = "event time from end to end (default: ${DEFAULT-VALUE})")
    private int hours;

    @Option(names = "--parallelism", defaultValue = "1", description = "tasks (default: ${DEFAULT-VALUE})")
    private int parallelism;

    @Option(names = "--plot", description = "draws the CPU times, as Mermaid charts")
    private boolean plot;

    @Option(names = "--json", paramLabel = "FILE", description = "writes every measurement as JSON, too")
    private Path json;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (list) {
            ALL.forEach(experiment -> System.out.printf("%-12s %s%n", experiment.name(), experiment.does()));
            return 0;
        }
        for (String name : names) {
            if (ALL.stream().noneMatch(experiment -> experiment.name().equals(name))) {
                throw new ParameterException(command.commandLine(), "there is no experiment " + name + ", see --list");
            }
        }
        Settings settings = new Settings(rounds, orders, keys, factories, Duration.ofHours(hours), parallelism);
        Report report = new Report(settings);
        for (Experiment experiment : ALL) {
            if (names.isEmpty() || names.contains(experiment.name())) {
                experiment.run(settings, report);
            }
        }
        report.print(System.out);
        if (plot) {
            report.plot(Rounds.CPU, System.out);
        }
        if (json != null) {
            report.write(json);
        }
        return 0;
    }
}
