package io.touchstone.playground.cluster;

import io.touchstone.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;

/** How the programs here speak: what went well to the output, what went wrong in one line to the error output. */
public final class Terminal {
    private Terminal() {}

    /** Runs a command with the arguments of the command line; returns the exit code, 2 if it could not do its work. */
    public static int run(Object command, String... args) {
        return run(
                command,
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                args);
    }

    public static int run(Object command, PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(command)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
                    if (isExpected(cause)) {
                        line.getErr().println(line.getCommandSpec().root().name() + ": " + because(cause));
                    } else {
                        cause.printStackTrace(line.getErr());
                    }
                    return 2;
                })
                .execute(args);
    }

    /** Kafka says what it could not do, and only behind it why. */
    private static String because(Throwable e) {
        return e instanceof KafkaException && e.getCause() != null
                ? e.getMessage() + ": " + because(e.getCause())
                : e.getMessage();
    }

    private static boolean isExpected(Throwable e) {
        return e.getMessage() != null
                && (e instanceof ConfigException
                        || e instanceof IOException
                        || e instanceof IllegalStateException
                        || e instanceof SQLException
                        || e instanceof KafkaException);
    }
}
