package io.touchstone.chaos.site;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How fast something grows, by least squares.
 *
 * @param perMinute the slope
 * @param error its standard error
 */
public record Slope(double perMinute, double error) {
    private static final double SURE = 1.645;

    /** Of samples of some duration; none where there are fewer than three. */
    public static Slope of(List<ProcessWatch.Sample> samples, ToDoubleFunction<ProcessWatch.Sample> value) {
        int n = samples.size();
        if (n < 3) {
            return new Slope(0, 0);
        }
        double meanX =
                samples.stream().mapToDouble(s -> s.seconds() / 60).average().orElseThrow();
        double meanY = samples.stream().mapToDouble(value).average().orElseThrow();
        double xx = 0;
        double xy = 0;
        double yy = 0;
        for (ProcessWatch.Sample sample : samples) {
            double x = sample.seconds() / 60 - meanX;
            double y = value.applyAsDouble(sample) - meanY;
            xx += x * x;
            xy += x * y;
            yy += y * y;
        }
        double slope = xy / xx;
        double residual = Math.max(0, yy - slope * xy);
        return new Slope(slope, Math.sqrt(residual / (n - 2) / xx));
    }

    /** Whether it is above a limit with 95 % certainty. */
    public boolean isAbove(double limit) {
        return perMinute - SURE * error > limit;
    }
}
