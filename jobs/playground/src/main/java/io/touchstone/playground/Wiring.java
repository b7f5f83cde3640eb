package io.touchstone.playground;

import io.touchstone.config.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The jobs' wiring to a broker and a database of the playground, as a file like {@code conf/jobs.yaml}. */
public final class Wiring {
    private Wiring() {}

    /** Writes the file into a folder and reads it back as the jobs do. */
    public static Options to(KafkaBroker broker, Postgres database, Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("jobs.yaml"), """
                kafka:
                  bootstrap_servers: "%s"
                  longest_outage: 3 min
                  transaction_timeout: 15 min
                database:
                  url: "%s"
                  user: "%s"
                  batch_interval: 200 ms
                """.formatted(
                        broker.bootstrapServers(), database.jdbcUrl(), database.user()));
        return Options.read(file);
    }
}
