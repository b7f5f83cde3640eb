package io.touchstone.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What both configuration files have to keep, and texts to try a reader with. */
record ConfigText(Path folder, Function<Path, ?> reader) {
    static Path shipped(String name) {
        return Path.of(System.getProperty("touchstone.home"), "conf", name);
    }

    Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("some.yaml"), text);
    }

    Object read(String text) throws IOException {
        return reader.apply(file(text));
    }

    /** The text is refused by a message that says where and then exactly this. */
    void refuses(String text, String message) throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> reader.apply(file))
                .as(text)
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": " + message);
    }

    /** The text of one key, given by its full name. */
    static String only(String key, String value) {
        String[] names = key.split("\\.");
        return String.join(": {", names) + ": " + value + "}".repeat(names.length - 1);
    }

    /** Each key, misspelt, is refused by a message that names it and what was meant. */
    void namesTheNearestOf(Collection<String> keys) throws IOException {
        for (String key : keys) {
            refuses(only(key + "x", "1"), "unknown key " + key + "x; the nearest known key is " + key);
        }
    }

    /** A list of lists of texts is no value of any key. */
    void namesEachOfWrongType(Collection<String> keys) throws IOException {
        for (String key : keys) {
            Path file = file(only(key, "[[x]]"));
            assertThatThrownBy(() -> reader.apply(file))
                    .as(key)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith(file + ": " + key)
                    .hasMessageContaining("[[\"x\"]]")
                    .hasMessageMatching(
                            "(?s).* has to (be|hold) (a text|an integer|a list of integers|integers|a number"
                                    + " with a unit|keys).*");
        }
    }

    /** Each key stands in the file, explained by a comment: its own, or one of what it is part of that speaks of it. */
    static void explains(Path file, Collection<String> keys) throws IOException {
        List<String> lines = Files.readAllLines(file);
        Map<String, Integer> lineOf = lineOfEachKey(file);
        for (String key : keys) {
            assertThat(lineOf).as(file.getFileName() + " sets every key").containsKey(key);
            String explained = comment(lines, lineOf.get(key));
            String name = key.substring(key.lastIndexOf('.') + 1);
            for (String part = key; explained.isEmpty() && part.contains("."); ) {
                part = part.substring(0, part.lastIndexOf('.'));
                String comment = comment(lines, lineOf.get(part));
                explained = comment.contains(name + ":") ? comment : "";
            }
            assertThat(explained).as(key + " is explained").isNotEmpty();
        }
    }

    private static Map<String, Integer> lineOfEachKey(Path file) throws IOException {
        Map<String, Integer> lineOf = new HashMap<>();
        try (YAMLParser parser = new YAMLFactory().createParser(file.toFile())) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    String key = parser.getParsingContext()
                            .pathAsPointer()
                            .toString()
                            .substring(1)
                            .replace('/', '.');
                    lineOf.put(key, parser.currentTokenLocation().getLineNr());
                }
            }
        }
        return lineOf;
    }

    /** The comment on a line, counted from 1, or right above it. */
    private static String comment(List<String> lines, int number) {
        List<String> comment = new ArrayList<>();
        String line = lines.get(number - 1);
        if (line.contains(" #")) {
            comment.add(line.substring(line.indexOf(" #")));
        }
        for (int i = number - 2; i >= 0 && lines.get(i).strip().startsWith("#"); i--) {
            comment.add(0, lines.get(i));
        }
        return String.join("\n", comment);
    }
}
