package io.touchstone.playground.traffic;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Randomness that depends on what it is for and on nothing else: who changes one factory leaves the others as they
 * were. Every number comes from plain or strict arithmetic, so that it is the same on every machine.
 */
final class Dice {
    private final SplittableRandom random;

    private Dice(SplittableRandom random) {
        this.random = random;
    }

    /** The dice of a purpose, named by any numbers. */
    static Dice of(long... purpose) {
        long mixed = 0x9E37_79B9_7F4A_7C15L;
        for (long part : purpose) {
            mixed = new SplittableRandom(mixed ^ part).nextLong();
        }
        return new Dice(new SplittableRandom(mixed));
    }

    /** At least 0, below 1. */
    double share() {
        return random.nextDouble();
    }

    boolean happens(double probability) {
        return random.nextDouble() < probability;
    }

    /** At least {@code low}, below {@code high}. */
    double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    /** At least {@code low}, at most {@code high}. */
    int whole(int low, int high) {
        return random.nextInt(low, high + 1);
    }

    /** At least {@code low}, below {@code high}; each order of magnitude is as likely as the next. */
    double logarithmic(double low, double high) {
        return low * StrictMath.pow(high / low, random.nextDouble());
    }

    /** How often something happens that happens {@code mean} times on average. */
    int poisson(double mean) {
        int count = 0;
        // In portions, because e^-mean of a large mean is zero.
        for (double rest = mean; rest > 0; rest -= 16) {
            double limit = StrictMath.exp(-Math.min(rest, 16));
            for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
                count++;
            }
        }
        return count;
    }

    /** An index, each as likely as its weight says. */
    int pick(List<? extends Number> weights) {
        double total = 0;
        for (Number weight : weights) {
            total += weight.doubleValue();
        }
        double left = random.nextDouble() * total;
        for (int i = 0; i < weights.size() - 1; i++) {
            left -= weights.get(i).doubleValue();
            if (left < 0) {
                return i;
            }
        }
        return weights.size() - 1;
    }

    <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    <T> void shuffle(List<T> list) {
        for (int i = list.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            T other = list.get(j);
            list.set(j, list.get(i));
            list.set(i, other);
        }
    }
}
