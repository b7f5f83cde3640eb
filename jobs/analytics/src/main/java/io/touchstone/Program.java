package io.touchstone;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import picocli.CommandLine;

/** How the programs of the command line start and fail. */
public final class Program {
    private Program() {}

    /** Runs with the arguments of the command line; returns the exit code. */
    @FunctionalInterface
    public interface Run {
        int run(PrintWriter out, PrintWriter err, String... args);
    }

    /** Runs on the process's own output, and ends the process. */
    public static void start(Run program, String... args) {
        System.exit(program.run(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                args));
    }

    /**
     * Executes a command.
     *
     * @param isPlain whether the message of an exception says all there is to say; else its trace is printed
     * @param failure the exit code after an exception
     */
    public static int run(
            CommandLine command,
            Predicate<Exception> isPlain,
            int failure,
            PrintWriter out,
            PrintWriter err,
            String... args) {
        return command.setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((e, failed, parsed) -> {
                    if (isPlain.test(e)) {
                        failed.getErr().println(command.getCommandName() + ": " + e.getMessage());
                    } else {
                        e.printStackTrace(failed.getErr());
                    }
                    return failure;
                })
                .execute(args);
    }
}
