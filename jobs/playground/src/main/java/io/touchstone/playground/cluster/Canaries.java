package io.touchstone.playground.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Texts that must not be found where they do not belong, such as passwords: as they are, in hexadecimal digits, or within anything in
 * base64. What is compressed or encrypted cannot be searched.
 */
public final class Canaries {
    /** By each form of a text: whose it is. */
    private final Map<String, String> forms = new LinkedHashMap<>();

    /** Each secret of a cluster: passwords and tokens whole, private keys by their lines. */
    public static Canaries secretsOf(ClusterFolder folder) throws IOException {
        Canaries canaries = new Canaries();
        try (Stream<Path> files = Files.list(folder.secrets())) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                if (text.contains("PRIVATE KEY")) {
                    text.substring(0, text.indexOf("-----END"))
                            .lines()
                            .skip(1)
                            .forEach(line -> canaries.add(file.getFileName().toString(), line));
                } else if (!text.contains("CERTIFICATE")) {
                    canaries.add(file.getFileName().toString(), text.strip());
                }
            }
        }
        return canaries;
    }

    /** One more text, 12 characters or longer so that it is nowhere by chance. */
    public Canaries add(String name, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < 12) {
            throw new IllegalArgumentException(name + " is too short to be looked for");
        }
        forms.put(new String(bytes, StandardCharsets.ISO_8859_1), name);
        forms.put(HexFormat.of().formatHex(bytes), name + " in hexadecimal digits");
        for (int before = 0; before < 3; before++) {
            byte[] shifted = new byte[before + bytes.length];
            System.arraycopy(bytes, 0, shifted, before, bytes.length);
            // Without the digits that hold bits of what comes before or after it.
            String digits = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            String own = digits.substring((before * 8 + 5) / 6, shifted.length * 8 / 6);
            forms.put(own, name + " in base64");
            forms.put(own.replace('+', '-').replace('/', '_'), name + " in base64");
        }
        return this;
    }

    /** How many forms of texts are looked for. */
    public int forms() {
        return forms.size();
    }

    /** Whose texts are in some bytes. */
    public TreeSet<String> in(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        TreeSet<String> found = new TreeSet<>();
        forms.forEach((form, name) -> {
            if (text.contains(form)) {
                found.add(name);
            }
        });
        return found;
    }

    public TreeSet<String> in(String text) {
        return in(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whose texts are in the files of a folder, {@code FILE: NAME}; files that come and go meanwhile may be missed. */
    public List<String> inFiles(Path folder, Predicate<Path> wanted) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(file -> Files.isRegularFile(file) && wanted.test(file))
                    .toList();
        }
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            try {
                in(Files.readAllBytes(file)).forEach(name -> found.add(folder.relativize(file) + ": " + name));
            } catch (IOException gone) {
                // Flink deletes what it has replaced.
            }
        }
        return found;
    }

    /** Whose texts are in the command lines and environments of a cluster's processes. */
    public List<String> inProcesses(ClusterFolder folder) {
        List<String> found = new ArrayList<>();
        for (ProcessHandle process : Server.processes(folder)) {
            for (String what : List.of("cmdline", "environ")) {
                try {
                    in(Files.readAllBytes(Path.of("/proc", String.valueOf(process.pid()), what)))
                            .forEach(name -> found.add(what + " of process " + process.pid() + ": " + name));
                } catch (IOException ended) {
                    // Then nobody sees it any more.
                }
            }
        }
        return found;
    }
}
