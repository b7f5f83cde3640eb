package io.touchstone.bench.streams;

import com.sun.management.OperatingSystemMXBean;
import io.touchstone.bench.streams.LeastPrices.Price;
import io.touchstone.bench.streams.LeastPrices.Variant;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/**
 * Runs {@link LeastPrices} on a real broker, as often as it is asked to, in one JVM that gets warm: {@code BROKER FOLDER}, then on the
 * standard input lines {@code VARIANT TOPIC RECORDS}. Each is answered by a line {@code CPU WALL}: nanoseconds of this process from
 * the start of Streams to its orderly end. All settings are the defaults. It ends with its input.
 */
public final class StreamsPeer {
    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final String broker;
    private final Path folder;
    private int runs;

    private StreamsPeer(String broker, Path folder) {
        this.broker = broker;
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        StreamsPeer peer = new StreamsPeer(args[0], Path.of(args[1]));
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            String[] words = line.split(" ");
            System.out.println(peer.run(Variant.valueOf(words[0]), words[1], Long.parseLong(words[2])));
        }
    }

    private String run(Variant variant, String topic, long records) throws Exception {
        String application = "least-prices-" + ++runs;
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        Counter counter = new Counter(records);
        System.gc();
        long cpu = MACHINE.getProcessCpuTime();
        long wall = System.nanoTime();
        KafkaStreams streams = new KafkaStreams(LeastPrices.topology(topic, variant, counter), settings);
        streams.setUncaughtExceptionHandler(e -> {
            counter.done.completeExceptionally(e);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        try (streams) {
            streams.start();
            counter.done.get();
        }
        String took = (MACHINE.getProcessCpuTime() - cpu) + " " + (System.nanoTime() - wall);
        streams.cleanUp();
        deleteTopics(application);
        return took;
    }

    /** Of the application's own. */
    private void deleteTopics(String application) throws Exception {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker))) {
            List<String> topics = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(application + "-"))
                    .toList();
            admin.deleteTopics(topics).all().get();
        }
    }

    /** Is done when every record was read and each of its prices was looked up; for one stream thread. */
    private static final class Counter implements LeastPrices.Progress {
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private final long records;
        private long read;
        private long pending;

        Counter(long records) {
            this.records = records;
        }

        @Override
        public void read(int prices) {
            read++;
            pending += prices;
            check();
        }

        @Override
        public void found(String key, Price least) {
            pending--;
            check();
        }

        private void check() {
            if (read == records && pending == 0) {
                done.complete(null);
            }
        }
    }
}
