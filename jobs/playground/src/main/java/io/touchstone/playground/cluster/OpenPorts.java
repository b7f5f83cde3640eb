package io.touchstone.playground.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Where the processes of a cluster listen, as Linux tells. */
public final class OpenPorts {
    private static final String LISTENING = "0A";

    private OpenPorts() {}

    /** Each listening socket, {@code ADDRESS:PORT of PROCESS}, that others than this machine can reach. */
    public static List<String> beyondLoopback(ClusterFolder folder) throws IOException {
        List<String> open = new ArrayList<>();
        for (ProcessHandle process : Server.processes(folder)) {
            Path proc = Path.of("/proc", String.valueOf(process.pid()));
            Map<String, String> listening = new HashMap<>();
            for (String table : List.of("tcp", "tcp6")) {
                Path file = proc.resolve("net").resolve(table);
                if (Files.exists(file)) {
                    for (String line : Files.readAllLines(file)) {
                        String[] words = line.strip().split("\\s+");
                        if (words.length > 9 && words[3].equals(LISTENING)) {
                            listening.put("socket:[" + words[9] + "]", words[1]);
                        }
                    }
                }
            }
            try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
                for (Path file : files.toList()) {
                    String address = listening.get(target(file));
                    if (address != null && !isLoopback(address)) {
                        open.add(address + " of " + process.info().commandLine().orElse("process " + process.pid()));
                    }
                }
            }
        }
        return open;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    /** Addresses are in hexadecimal digits, each group of four bytes turned round. */
    private static boolean isLoopback(String address) {
        String host = address.substring(0, address.indexOf(':'));
        return host.equals("0100007F")
                || host.equals("00000000000000000000000001000000")
                || host.equals("0000000000000000FFFF00000100007F");
    }
}
