package io.touchstone.playground.cluster;

import io.touchstone.FactoryQualityJob;
import io.touchstone.PriceFloorJob;
import io.touchstone.config.Options;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The jobs that can be deployed. */
public enum JobKind {
    PRICE_FLOOR(PriceFloorJob.class),
    FACTORY_QUALITY(FactoryQualityJob.class);

    private final Class<?> main;

    JobKind(Class<?> main) {
        this.main = main;
    }

    /** Its name in Flink, and on the command line. */
    public String jobName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String mainClass() {
        return main.getName();
    }

    /** The topics it reads. */
    public List<String> inputs(Options.Topics topics) {
        return this == PRICE_FLOOR
                ? List.of(topics.orders())
                : List.of(topics.orders(), topics.returns(), topics.reviews());
    }

    public String group(Options options) {
        return options.kafka().group(jobName());
    }

    public static JobKind of(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.jobName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no job " + name + ", but "
                        + Arrays.stream(values()).map(JobKind::jobName).toList()));
    }
}
