package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.config.PolicyFile;
import io.touchstone.simulation.SteadyState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/** R19: two hundred days, in which articles, orders and what becomes of them come and go. */
public final class LongRun implements FaultTest {
    private static final int PERCENT = 5;
    private static final double RISE = 0.01;

    @Override
    public Description description() {
        return new Description(
                "R19",
                "200 days of a market that keeps turning over, orders kept 30 days, floors carried 20",
                "size of the state of every operator, in canonical savepoints of days 100 to 200",
                "within 5 % of each other, no rise above 1 % in 100 days",
                "orders are kept for 400 days",
                3,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Files.createDirectories(round.folder());
        Path policy = Files.writeString(
                round.folder().resolve("policy.yaml"),
                "price: {carry_days: 20}\nquality: {order_retention_days: " + (round.mutant() ? 400 : 30) + "}\n");
        SortedMap<Integer, long[]> sizes = SteadyState.sizes(PolicyFile.read(policy));
        Finding finding = new Finding();
        for (int i = 0; i < SteadyState.OPERATORS.size(); i++) {
            int operator = i;
            List<Long> bytes =
                    sizes.values().stream().map(size -> size[operator]).toList();
            long least = bytes.stream().min(Long::compare).orElseThrow();
            long most = bytes.stream().max(Long::compare).orElseThrow();
            double rise = rise(bytes);
            String name = SteadyState.OPERATORS.get(i);
            finding.measure("%s %,d to %,d bytes", name, least, most);
            finding.check(name, most * 100 <= least * (100 + PERCENT), "%,d to %,d bytes", least, most);
            finding.check(name + " rise", rise <= RISE, "%.2f %% in 100 days: %s", 100 * rise, bytes);
        }
        return finding;
    }

    /**
     * How much the line through the values rises from the first to the last, as a share of their mean. Windows of 90 days overlap, so
     * that chance alone makes such a line lean a little.
     */
    private static double rise(List<Long> values) {
        double middle = (values.size() - 1) / 2.0;
        double mean = values.stream().mapToLong(Long::longValue).average().orElseThrow();
        double together = 0;
        double ofPlaces = 0;
        for (int i = 0; i < values.size(); i++) {
            together += (i - middle) * (values.get(i) - mean);
            ofPlaces += (i - middle) * (i - middle);
        }
        return together / ofPlaces * (values.size() - 1) / mean;
    }
}
