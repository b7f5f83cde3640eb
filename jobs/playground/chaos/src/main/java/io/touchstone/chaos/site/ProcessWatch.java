package io.touchstone.chaos.site;

import io.touchstone.playground.cluster.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Looks once a second at what processes of a cluster take: resident memory, threads, open files. */
public final class ProcessWatch implements AutoCloseable {
    /**
     * What a process had at a time.
     *
     * @param seconds since the watch began
     */
    public record Sample(double seconds, long pid, long residentMb, long threads, long files) {}

    private final Site site;
    private final List<String> servers;
    private final Map<String, List<Sample>> samples = new TreeMap<>();
    private final Thread thread = new Thread(this::watch, "process-watch");
    private final long begun = System.nanoTime();
    private volatile boolean closed;

    public ProcessWatch(Site site, List<String> servers) {
        this.site = site;
        this.servers = servers;
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (!closed) {
            for (String server : servers) {
                Server.process(site.folder(), server).ifPresent(process -> look(server, process.pid()));
            }
            try {
                TimeUnit.SECONDS.sleep(1);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void look(String server, long pid) {
        Path proc = Path.of("/proc", String.valueOf(pid));
        try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
            long resident = 0;
            long threads = 0;
            for (String line : Files.readAllLines(proc.resolve("status"))) {
                String[] words = line.split("\\s+");
                switch (words[0]) {
                    case "VmRSS:" -> resident = Long.parseLong(words[1]) >> 10;
                    case "Threads:" -> threads = Long.parseLong(words[1]);
                    default -> {
                        // Not asked for.
                    }
                }
            }
            Sample sample = new Sample((System.nanoTime() - begun) / 1e9, pid, resident, threads, files.count());
            synchronized (samples) {
                samples.computeIfAbsent(server, none -> new ArrayList<>()).add(sample);
            }
        } catch (IOException gone) {
            // It has ended meanwhile.
        }
    }

    /** What a server had, sample by sample, of the process that runs now. */
    public List<Sample> samples(String server) {
        synchronized (samples) {
            List<Sample> all = samples.getOrDefault(server, List.of());
            long pid = all.isEmpty() ? 0 : all.get(all.size() - 1).pid();
            return all.stream().filter(sample -> sample.pid() == pid).toList();
        }
    }

    /** The most resident memory that a server ever had, in MiB. */
    public long mostResidentMb(String server) {
        synchronized (samples) {
            return samples.getOrDefault(server, List.of()).stream()
                    .mapToLong(Sample::residentMb)
                    .max()
                    .orElse(0);
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.interrupt();
        thread.join();
    }
}
