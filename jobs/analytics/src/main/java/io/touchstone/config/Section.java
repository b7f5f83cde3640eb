package io.touchstone.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * A part of a configuration file. Each key is asked for by type and default; {@link #checkUnknown} then refuses the keys that
 * nobody asked for, and names the nearest one that exists.
 */
public final class Section {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}) ?(ms|s|min|h|d)");

    private final String file;
    private final String path;
    private final JsonNode node;
    private final TreeSet<String> known = new TreeSet<>();
    private final List<Section> parts = new ArrayList<>();

    private Section(String file, String path, JsonNode node) {
        this.file = file;
        this.path = path;
        this.node = node;
        if (node != null && !node.isObject() && !node.isNull()) {
            throw new ConfigException(
                    file + ": " + (path.isEmpty() ? "the file" : path) + " has to hold keys, not " + node);
        }
    }

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Reads a YAML file, or JSON (which is YAML) by its ending. */
    public static Section read(Path file) {
        ObjectMapper mapper = file.toString().endsWith(".json")
                ? JSON
                : YAMLMapper.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .build();
        try {
            return read(file.toString(), Files.readString(file), mapper);
        } catch (IOException e) {
            throw new ConfigException(file + " cannot be read: " + e);
        }
    }

    /** Reads a JSON text; {@code name} says in errors what it is. */
    static Section json(String name, String text) {
        return read(name, text, JSON);
    }

    private static Section read(String name, String text, ObjectMapper mapper) {
        try {
            JsonNode node = mapper.readTree(text);
            return new Section(name, "", node.isMissingNode() ? null : node);
        } catch (JsonProcessingException e) {
            throw new ConfigException(name + ": line "
                    + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + ": " + e.getOriginalMessage());
        }
    }

    /** All of it as JSON, with one key more unless its value is null. */
    String jsonWith(String key, Long value) {
        ObjectNode json = node == null ? JSON.createObjectNode() : node.deepCopy();
        if (value != null && json.has(key)) {
            throw new ConfigException(file + ": " + key + " is " + json.get(key) + " here and " + value + " beside it");
        }
        return value == null ? json.toString() : json.put(key, value).toString();
    }

    private String full(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private JsonNode get(String key) {
        known.add(key);
        JsonNode value = node == null ? null : node.get(key);
        return value == null || value.isNull() ? null : value;
    }

    /** What to throw for a value that cannot be; {@code allowed} ends the sentence. */
    public ConfigException wrong(String key, Object value, String allowed) {
        return new ConfigException(file + ": " + full(key) + " is " + value + ", but has to be " + allowed);
    }

    /** The part under a key; without any key if it is absent. */
    public Section section(String key) {
        Section part = new Section(file, full(key), get(key));
        parts.add(part);
        return part;
    }

    /** A text that is not blank. */
    public String text(String key, String otherwise) {
        JsonNode value = get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw wrong(key, value, "a text");
        }
        return value.textValue();
    }

    /** A text that has no default. */
    public String requiredText(String key) {
        String text = text(key, null);
        if (text == null) {
            throw wrong(key, "absent", "a text");
        }
        return text;
    }

    /** An instant in epoch ms; it has no default. */
    long instant(String key, long from, long before) {
        JsonNode value = get(key);
        if (value == null
                || !value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < from
                || value.longValue() >= before) {
            throw wrong(
                    key,
                    value == null ? "absent" : value,
                    "epoch ms, from " + Instant.ofEpochMilli(from) + " to before " + Instant.ofEpochMilli(before));
        }
        return value.longValue();
    }

    /** One of the constants of an enum, written as {@code verify-full}. */
    public <E extends Enum<E>> E choice(String key, E otherwise) {
        String value = text(key, word(otherwise));
        List<String> words = new ArrayList<>();
        for (E choice : otherwise.getDeclaringClass().getEnumConstants()) {
            if (word(choice).equals(value)) {
                return choice;
            }
            words.add(word(choice));
        }
        throw wrong(key, value, String.join(" or ", words));
    }

    private static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Refuses keys that stand here and would mean nothing. */
    public void onlyWith(String setting, String... keys) {
        for (String key : keys) {
            if (get(key) != null) {
                throw new ConfigException(file + ": " + full(key) + " means nothing without " + setting);
            }
        }
    }

    int integer(String key, int otherwise) {
        JsonNode value = get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isIntegralNumber()) {
            throw wrong(key, value, "an integer");
        }
        if (!value.canConvertToInt()) {
            throw wrong(key, value, "an integer of at most 32 bits");
        }
        return value.intValue();
    }

    /** An integer, both ends included. */
    public int integer(String key, int otherwise, int from, int to) {
        JsonNode value = get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < from || value.intValue() > to) {
            throw wrong(key, value, "an integer, " + from + " to " + to);
        }
        return value.intValue();
    }

    /** True or false. */
    public boolean truth(String key, boolean otherwise) {
        JsonNode value = get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw wrong(key, value, "true or false");
        }
        return value.booleanValue();
    }

    /** A list of texts; empty if the key is absent. */
    public List<String> texts(String key) {
        JsonNode value = get(key);
        List<String> list = new ArrayList<>();
        if (value != null) {
            for (JsonNode item : value) {
                list.add(item.isTextual() && !item.textValue().isBlank() ? item.textValue() : null);
            }
            if (!value.isArray() || list.contains(null)) {
                throw wrong(key, value, "a list of texts");
            }
        }
        return list;
    }

    List<Long> integers(String key, List<Long> otherwise) {
        JsonNode value = get(key);
        if (value == null) {
            return otherwise;
        }
        List<Long> list = new ArrayList<>();
        for (JsonNode item : value) {
            if (!item.isIntegralNumber() || !item.canConvertToLong()) {
                throw wrong(key, value, "a list of integers");
            }
            list.add(item.longValue());
        }
        if (!value.isArray()) {
            throw wrong(key, value, "a list of integers");
        }
        return list;
    }

    /** Integers under keys that are integers themselves, or empty if the key is absent. */
    Optional<SortedMap<Integer, Integer>> steps(String key) {
        JsonNode value = get(key);
        if (value == null) {
            return Optional.empty();
        }
        SortedMap<Integer, Integer> steps = new TreeMap<>();
        for (Map.Entry<String, JsonNode> step : value.properties()) {
            JsonNode number = step.getValue();
            if (!step.getKey().matches("0|[1-9]\\d{0,8}") || !number.isIntegralNumber() || !number.canConvertToInt()) {
                throw wrong(key, value, "integers under integer keys");
            }
            steps.put(Integer.valueOf(step.getKey()), number.intValue());
        }
        if (steps.isEmpty()) {
            throw wrong(key, value, "integers under integer keys");
        }
        return Optional.of(steps);
    }

    /** A number with a unit: ms, s, min, h or d. */
    public Duration duration(String key, Duration otherwise, Duration from, Duration to) {
        JsonNode value = get(key);
        if (value == null) {
            return otherwise;
        }
        String allowed = "a number with a unit (ms, s, min, h, d), " + words(from) + " to " + words(to);
        Matcher matcher = DURATION.matcher(value.asText());
        if (!matcher.matches()) {
            throw wrong(key, value, allowed);
        }
        long number = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "min" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
        if (duration.compareTo(from) < 0 || duration.compareTo(to) > 0) {
            throw wrong(key, value, allowed);
        }
        return duration;
    }

    /** A duration as it is written in a file. */
    public static String words(Duration duration) {
        long ms = duration.toMillis();
        return ms % 86_400_000 == 0 && ms > 0
                ? ms / 86_400_000 + " d"
                : ms % 3_600_000 == 0 && ms > 0
                        ? ms / 3_600_000 + " h"
                        : ms % 60_000 == 0 && ms > 0
                                ? ms / 60_000 + " min"
                                : ms % 1000 == 0 ? ms / 1000 + " s" : ms + " ms";
    }

    /** The keys that stand in the file here. */
    public List<String> keys() {
        List<String> keys = new ArrayList<>();
        if (node != null) {
            node.fieldNames().forEachRemaining(keys::add);
        }
        return keys;
    }

    /** Refuses keys that nobody asked for, here and in every part. */
    public void checkUnknown() {
        for (String key : keys()) {
            if (!known.contains(key)) {
                String nearest = known.stream()
                        .min(Comparator.comparing(
                                k -> LevenshteinDistance.getDefaultInstance().apply(k, key)))
                        .map(k -> "; the nearest known key is " + full(k))
                        .orElse("");
                throw new ConfigException(file + ": unknown key " + full(key) + nearest);
            }
        }
        parts.forEach(Section::checkUnknown);
    }

    /** Every key that was asked for, by its full name; those that only hold keys apart. */
    public SortedSet<String> knownKeys() {
        SortedSet<String> keys = new TreeSet<>();
        if (known.isEmpty()) {
            keys.add(path);
        }
        known.forEach(key -> keys.add(full(key)));
        for (Section part : parts) {
            keys.remove(part.path);
            keys.addAll(part.knownKeys());
        }
        return keys;
    }

    String file() {
        return file;
    }
}
