package io.touchstone.playground.cluster;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;

/**
 * What a cluster was started with; it stays the same from start to start unless an option says otherwise.
 *
 * @param taskManagers how many run; one more than the jobs need stands by
 * @param slots of each task manager
 * @param controllerPort of the broker's own quorum; nobody else asks there
 * @param internalPort where the brokers of a secure cluster speak to each other
 * @param secure whether broker and database speak TLS and let in who has a password and the right
 */
public record Settings(
        int taskManagers,
        int slots,
        int brokerPort,
        int controllerPort,
        int internalPort,
        int databasePort,
        int zooKeeperPort,
        int webPort,
        boolean secure) {
    private static final YAMLMapper YAML = new YAMLMapper();

    public static Settings read(ClusterFolder folder) throws IOException {
        if (!folder.isCluster()) {
            throw new IOException("there is no cluster in " + folder.root() + ": scripts/cluster start makes one");
        }
        return YAML.readValue(folder.settings().toFile(), Settings.class);
    }

    Settings withTaskManagers(int number) {
        return new Settings(
                number, slots, brokerPort, controllerPort, internalPort, databasePort, zooKeeperPort, webPort, secure);
    }

    void write(ClusterFolder folder) throws IOException {
        Files.writeString(folder.settings(), YAML.writeValueAsString(this));
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + brokerPort;
    }

    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + databasePort + "/" + DatabaseServer.DATABASE;
    }

    public String webUrl() {
        return "http://localhost:" + webPort;
    }
}
