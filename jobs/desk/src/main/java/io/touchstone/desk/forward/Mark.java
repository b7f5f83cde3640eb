package io.touchstone.desk.forward;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is committed with the offset of a partition.
 *
 * @param releasedThrough up to when silences had released what they muted, epoch ms
 * @param rules a digest of who was told of what; empty if nobody knows
 * @param since from when on these rules were in force, epoch ms; 0 from the beginning
 * @param pending targets that may lack news of alerts that are open before the offset
 * @param targets up to which offset targets are done that are further
 */
record Mark(long releasedThrough, String rules, long since, Set<String> pending, Map<String, Long> targets) {
    /** Stands for all targets. */
    static final String ALL = "*";

    /** Brokers take 4096 bytes of metadata. */
    private static final int LONGEST = 3500;

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern OLD = Pattern.compile("silences released through (\\d{1,15})");

    boolean isPending(String target) {
        return pending.contains(target) || pending.contains(ALL);
    }

    /** As it is committed. Should it be too long, what is left out makes more to be sent again, not less. */
    String text() {
        String whole = text(pending, targets);
        return whole.length() * 3 <= LONGEST ? whole : text(pending.isEmpty() ? Set.of() : Set.of(ALL), Map.of());
    }

    private String text(Set<String> waiting, Map<String, Long> further) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("released_through", releasedThrough)
                .put("rules", rules)
                .put("since", since);
        ArrayNode names = json.putArray("pending");
        waiting.forEach(names::add);
        ObjectNode offsets = json.putObject("targets");
        further.forEach(offsets::put);
        return json.toString();
    }

    /** What was committed; of what cannot be read nothing is known. */
    static Mark parse(String text) {
        Matcher old = OLD.matcher(text == null ? "" : text);
        if (old.matches()) {
            return new Mark(Long.parseLong(old.group(1)), "", 0, Set.of(), Map.of());
        }
        try {
            JsonNode json = JSON.readTree(text == null ? "" : text);
            Set<String> pending = new HashSet<>();
            json.path("pending").forEach(name -> pending.add(name.asText()));
            Map<String, Long> targets = new HashMap<>();
            json.path("targets")
                    .properties()
                    .forEach(target ->
                            targets.put(target.getKey(), target.getValue().asLong()));
            return new Mark(
                    json.path("released_through").asLong(),
                    json.path("rules").asText(),
                    json.path("since").asLong(),
                    pending,
                    targets);
        } catch (JsonProcessingException e) {
            return new Mark(0, "", 0, Set.of(), Map.of());
        }
    }
}
