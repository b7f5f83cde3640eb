package io.touchstone.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka broker, one KRaft node in a process of its own, reached on loopback only. Its class path is the text of
 * {@code jobs/playground/broker/target/classpath} under {@code touchstone.home}; everything it writes,
 * {@code server.log} included, lies in one folder. It ends with this JVM, however that ends.
 */
public final class KafkaBroker implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(90);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final String CLASS_PATH = "jobs/playground/broker/target/classpath";
    private static final String CONFIG = "server.properties";
    private static final String LOGGING = "log4j2.properties";
    private static final String LOG = "server.log";

    private final Folder folder;
    private final int port;
    private final int controllerPort;
    private final Thread hook = new Thread(this::end, "kafka-broker-end");
    private volatile Process process;
    private Lifeline lifeline;

    private KafkaBroker(Folder folder, int port) {
        this.folder = folder;
        this.port = port;
        this.controllerPort = portBeside(port);
    }

    /** A broker on a free port in a temporary folder, ready for use. */
    public static KafkaBroker launch() {
        return launch(0);
    }

    /** A broker on the given port (0: any free one) in a temporary folder. */
    public static KafkaBroker launch(int port) {
        return launch(() -> Folder.temporary("kafka"), port);
    }

    /** A broker on the given port (0: any free one) in a folder that stays; topics found in it are served again. */
    public static KafkaBroker launch(Path folder, int port) {
        return launch(() -> Folder.given(folder), port);
    }

    private static KafkaBroker launch(Supplier<Folder> folder, int wanted) {
        int port = Ports.wanted(wanted, "the Kafka broker");
        KafkaBroker broker = new KafkaBroker(folder.get(), port);
        Runtime.getRuntime().addShutdownHook(broker.hook);
        try {
            broker.format();
            broker.begin();
        } catch (RuntimeException | Error e) {
            broker.close();
            throw e;
        }
        return broker;
    }

    private static int portBeside(int port) {
        int other = Ports.free();
        while (other == port) {
            other = Ports.free();
        }
        return other;
    }

    /** Where clients connect. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Where it keeps its data, configuration and {@code server.log}. */
    public Path folder() {
        return folder.path();
    }

    /** The operating system's number of the running process. */
    public synchronized long pid() {
        return process.pid();
    }

    /** Creates topics and waits until they can be written; one that exists is an error. */
    public void createTopics(Collection<NewTopic> topics) {
        List<String> names = topics.stream().map(NewTopic::name).toList();
        try (Admin admin = admin()) {
            admin.createTopics(topics).all().get(READY_WITHIN.toSeconds(), TimeUnit.SECONDS);
            long deadline = System.nanoTime() + READY_WITHIN.toNanos();
            // The controller knows a topic a moment before the broker serves it.
            while (!served(admin, names)) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("topics " + names + " have no leader after " + READY_WITHIN);
                }
                pause();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot create topics " + names + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("cannot create topics " + names + " in " + READY_WITHIN, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Ends the process at once, as a crash would (SIGKILL); the data stay for {@link #restart()}. */
    public synchronized void kill() {
        lifeline.close();
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Starts the process again on the same ports and data, after a clean stop if it still runs, and waits for it. */
    public synchronized void restart() {
        stop();
        begin();
    }

    /** Stops the process, by force after a grace time, and deletes the folder if it was a temporary one. */
    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // The hook has nothing left to do.
        }
    }

    private void end() {
        Process running = process;
        if (running != null) {
            // Before the lock: who waits for a start has it, and sees now that there is nothing to wait for.
            running.destroy();
        }
        synchronized (this) {
            stop();
            folder.release();
        }
    }

    private synchronized void stop() {
        if (process == null) {
            return;
        }
        if (lifeline != null) {
            lifeline.close();
        }
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.onExit().join();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void format() {
        try {
            Files.writeString(folder.file(CONFIG), config());
            Files.writeString(folder.file(LOGGING), logging());
            if (Files.exists(folder.file("data").resolve("meta.properties"))) {
                return;
            }
            // A process under the same hook and grace as the broker itself.
            String[] arguments = {
                "format",
                "-t",
                Uuid.randomUuid().toString(),
                "-c",
                folder.file(CONFIG).toString()
            };
            process = run("kafka.tools.StorageTool", arguments);
            if (!process.waitFor(READY_WITHIN.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw failed("the storage of the Kafka broker could not be formatted");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + folder.path(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private synchronized void begin() {
        process = run("kafka.Kafka", folder.file(CONFIG).toString());
        lifeline = Lifeline.to(process.pid(), "KILL");
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        try {
            // Clients log every refused connection: they are asked only once somebody listens.
            while (!Ports.answers(port)) {
                checkAlive(deadline);
                pause();
            }
            try (Admin admin = admin()) {
                while (!ready(admin)) {
                    checkAlive(deadline);
                    pause();
                }
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private boolean ready(Admin admin) throws InterruptedException {
        try {
            // Whoever asks for a group's offsets first makes the broker create their topic: a client that commits
            // meanwhile
            // may fail.
            return !answer(admin.describeCluster().nodes()).isEmpty()
                    && answer(admin.listConsumerGroupOffsets("nobody").partitionsToOffsetAndMetadata())
                            .isEmpty();
        } catch (ExecutionException | TimeoutException notYet) {
            return false;
        }
    }

    private static boolean served(Admin admin, List<String> topics) throws InterruptedException {
        try {
            Map<String, TopicDescription> described =
                    answer(admin.describeTopics(topics).allTopicNames());
            return described.values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(partition ->
                            partition.leader() != null && !partition.leader().isEmpty());
        } catch (ExecutionException | TimeoutException notYet) {
            return false;
        }
    }

    private static <T> T answer(KafkaFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(2, TimeUnit.SECONDS);
    }

    private void checkAlive(long deadline) {
        if (!process.isAlive()) {
            throw failed("the Kafka broker on port " + port + " ended with code " + process.exitValue());
        }
        if (System.nanoTime() > deadline) {
            throw failed("the Kafka broker on port " + port + " is not ready after " + READY_WITHIN.toSeconds() + " s");
        }
    }

    private IllegalStateException failed(String what) {
        return new IllegalStateException(what + "; the end of " + folder.file(LOG) + ":\n" + folder.tail(LOG, 20));
    }

    private Admin admin() {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers(),
                AdminClientConfig.CLIENT_ID_CONFIG,
                "playground"));
    }

    private Process run(String mainClass, String... arguments) {
        // Ctrl-C reaches the whole foreground group: who started the broker decides when it goes.
        List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "broker"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        command.add("-Dlog4j2.configurationFile=" + folder.file(LOGGING).toUri());
        command.addAll(List.of("-cp", classPath(), mainClass));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command)
                    .directory(folder.path().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(folder.file(LOG).toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the Kafka broker", e);
        }
    }

    private static String classPath() {
        Path file = Folder.home().resolve(CLASS_PATH);
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    file + " cannot be read: build first, and let touchstone.home name the repository", e);
        }
    }

    private static void pause() throws InterruptedException {
        Thread.sleep(50);
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while waiting for the Kafka broker", e);
    }

    private String config() {
        return """
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:%2$d
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
            advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
            listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
            log.dirs=%3$s
            # One node: every internal topic has one replica, and few partitions so that they are there at once.
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=4
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            transaction.state.log.num.partitions=4
            share.coordinator.state.topic.replication.factor=1
            share.coordinator.state.topic.min.isr=1
            share.coordinator.state.topic.num.partitions=1
            # Above the transaction timeout of the jobs' sinks, or these never start.
            transaction.max.timeout.ms=10800000
            auto.create.topics.enable=false
            # What decides that an event comes from the future is when the broker received it.
            log.message.timestamp.type=LogAppendTime
            group.initial.rebalance.delay.ms=0
            # A broker that was killed may register again as soon as its old session has ended.
            broker.heartbeat.interval.ms=500
            broker.session.timeout.ms=3000
            log.cleaner.dedupe.buffer.size=4194304
            """.formatted(port, controllerPort, folder.file("data"));
    }

    private static String logging() {
        // The console of the process is server.log.
        return """
            status = error
            appender.console.type = Console
            appender.console.name = console
            appender.console.layout.type = PatternLayout
            appender.console.layout.pattern = %d %-5p %c{1} %m%n
            # Not the whole configuration, several times over.
            logger.config.name = org.apache.kafka.common.config
            logger.config.level = warn
            rootLogger.level = info
            rootLogger.appenderRef.console.ref = console
            """;
    }
}
