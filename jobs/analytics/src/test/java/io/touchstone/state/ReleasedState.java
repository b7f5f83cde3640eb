package io.touchstone.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a kind of value looks like in state, as releases wrote it: {@code state/RELEASE/NAME.hex}, a line per value, its name and its
 * bytes. A release whose bytes differ adds its own by {@code -Dtest='*State*Test' -Drelease=1.2.3}, next to a new version of the form.
 */
public final class ReleasedState<T> {
    /** A folder per release. */
    public static final Path FOLDER = Path.of("src/test/resources/state");

    private static final HexFormat HEX = HexFormat.of();

    private final String name;
    private final Writing<T> writing;
    private final Reading<T> reading;

    /** How today's program writes it. */
    @FunctionalInterface
    public interface Writing<T> {
        void write(T value, DataOutput out) throws IOException;
    }

    /** How today's program reads it. */
    @FunctionalInterface
    public interface Reading<T> {
        T read(DataInput in) throws IOException;
    }

    public ReleasedState(String name, Writing<T> writing, Reading<T> reading) {
        this.name = name;
        this.writing = writing;
        this.reading = reading;
    }

    public byte[] pack(T value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writing.write(value, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Reads a value; nothing may be left over. */
    public T read(byte[] bytes) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            T value = reading.read(in);
            assertThat(in.read()).as("the end").isNegative();
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The releases with fixtures, oldest first. */
    public static List<Path> releases() {
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.filter(Files::isDirectory)
                    .sorted(Comparator.comparing(
                            folder -> Runtime.Version.parse(folder.getFileName().toString())))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Every release's bytes are read, to what a user of the value notices, and written again; those of the newest release are the
     * very bytes that today's program writes.
     *
     * @param today by name, the values as today's program makes them
     * @param notices what a user notices of a value; it may use the value up
     */
    public void isReadAsItWasWritten(Map<String, T> today, Function<T, Object> notices) {
        Map<String, byte[]> packed = new LinkedHashMap<>();
        today.forEach((label, value) -> packed.put(label, pack(value)));
        Map<String, Object> noticed = new LinkedHashMap<>();
        today.forEach((label, value) -> noticed.put(label, notices.apply(value)));
        addRelease(packed);
        List<Path> files = files(name);
        assertThat(files).as("releases with %s.hex", name).isNotEmpty();
        files.forEach(file -> isRead(file, noticed, notices));
        Map<String, byte[]> newest = lines(files.get(files.size() - 1));
        assertThat(packed)
                .as("%s: values that were released", name)
                .containsKeys(newest.keySet().toArray(String[]::new));
        // A value that a later program adds, for a new symbol say, has no bytes until its release.
        newest.forEach((label, bytes) -> assertThat(HEX.formatHex(packed.get(label)))
                .as("%s of %s: another form needs another version, and a release of its own", label, name)
                .isEqualTo(HEX.formatHex(bytes)));
    }

    /** As {@link #isReadAsItWasWritten}, of a form that no program writes any more. */
    public void isReadToo(String older, Map<String, T> today, Function<T, Object> notices) {
        Map<String, Object> noticed = new LinkedHashMap<>();
        today.forEach((label, value) -> noticed.put(label, notices.apply(value)));
        assertThat(files(older)).isNotEmpty().allSatisfy(file -> isRead(file, noticed, notices));
    }

    private void isRead(Path file, Map<String, Object> noticed, Function<T, Object> notices) {
        lines(file).forEach((label, bytes) -> {
            T value = read(bytes);
            byte[] again = pack(value);
            assertThat(notices.apply(value)).as("%s of %s", label, file).isEqualTo(noticed.get(label));
            assertThat(notices.apply(read(again)))
                    .as("%s of %s, written again", label, file)
                    .isEqualTo(noticed.get(label));
        });
    }

    /** The file of a kind of value in every release that has one, oldest first. */
    private static List<Path> files(String name) {
        return releases().stream()
                .map(release -> release.resolve(name + ".hex"))
                .filter(Files::exists)
                .toList();
    }

    private void addRelease(Map<String, byte[]> packed) {
        String release = System.getProperty("release");
        if (release == null) {
            return;
        }
        Path file = FOLDER.resolve(release).resolve(name + ".hex");
        assertThat(file).as("releases are never written again").doesNotExist();
        List<String> lines = new ArrayList<>();
        packed.forEach((label, bytes) -> lines.add(label + ' ' + HEX.formatHex(bytes)));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The values of a file, by name. */
    private static Map<String, byte[]> lines(Path file) {
        Map<String, byte[]> values = new LinkedHashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split(" ");
                values.put(parts[0], HEX.parseHex(parts[1]));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }

    /**
     * Whatever is of another version than this program knows is refused by an error that says so.
     *
     * @param head what a value of version 99 begins with
     */
    public void refusesWhatIsNewer(String head, String message) {
        byte[] bytes = HEX.parseHex(head + "00".repeat(16));
        assertThatThrownBy(() -> read(bytes)).hasStackTraceContaining(message);
    }
}
