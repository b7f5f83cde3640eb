package io.touchstone.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What each user may do on the broker. {@code conf/acls.yaml} explains every key. */
public record AclsFile(List<Rights> users) {

    /**
     * A user's rights; whatever else is forbidden.
     *
     * @param read names of topics to read
     * @param write names of topics to write to
     * @param groups consumer groups to be a member of
     * @param progressOf consumer groups whose offsets may be seen
     * @param transactions how the ids of the user's transactions begin
     * @param brokerSettings whether the broker's settings may be read
     */
    public record Rights(
            String user,
            List<String> read,
            List<String> write,
            List<String> groups,
            List<String> progressOf,
            List<String> transactions,
            boolean brokerSettings) {}

    /**
     * Reads and checks the file.
     *
     * @param names what the topics are called
     * @throws ConfigException naming file, key and value
     */
    public static AclsFile read(Path file, Options.Topics names) {
        return read(Section.read(file), names);
    }

    static AclsFile read(Section root, Options.Topics names) {
        Map<String, String> topics = new LinkedHashMap<>();
        topics.put("orders", names.orders());
        topics.put("returns", names.returns());
        topics.put("reviews", names.reviews());
        topics.put("demotion_alerts", names.demotionAlerts());
        topics.put("price_alerts", names.priceAlerts());
        topics.put("dead_letters", names.deadLetters());
        topics.put("policies", names.policies());
        List<Rights> users = new ArrayList<>();
        for (String user : root.keys()) {
            Section rights = root.section(user);
            users.add(new Rights(
                    user,
                    topics(rights, "read", topics),
                    topics(rights, "write", topics),
                    rights.texts("groups"),
                    rights.texts("progress_of"),
                    rights.texts("transactions"),
                    rights.truth("broker_settings", false)));
        }
        root.checkUnknown();
        return new AclsFile(users);
    }

    private static List<String> topics(Section rights, String key, Map<String, String> topics) {
        List<String> named = new ArrayList<>();
        for (String topic : rights.texts(key)) {
            if (!topics.containsKey(topic)) {
                throw rights.wrong(key, topic, "a topic's key: " + String.join(", ", topics.keySet()));
            }
            named.add(topics.get(topic));
        }
        return named;
    }
}
