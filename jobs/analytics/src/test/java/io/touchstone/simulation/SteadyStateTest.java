package io.touchstone.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.config.PolicyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State follows what the market holds, not how long the jobs have run. */
class SteadyStateTest {
    @Test
    void sizeStaysWithinFivePercentFromDay100To200(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("policy.yaml"), "price: {carry_days: 20}\nquality: {order_retention_days: 30}\n");
        SortedMap<Integer, long[]> sizes = SteadyState.sizes(PolicyFile.read(file));
        for (int operator = 0; operator < SteadyState.OPERATORS.size(); operator++) {
            int i = operator;
            List<Long> ofOne = sizes.values().stream().map(s -> s[i]).sorted().toList();
            assertThat(ofOne.get(ofOne.size() - 1))
                    .as("bytes of %s on eleven days: %s", SteadyState.OPERATORS.get(i), ofOne)
                    .isLessThanOrEqualTo(ofOne.get(0) * 105 / 100);
            assertThat(ofOne.get(0)).isPositive();
        }
    }
}
