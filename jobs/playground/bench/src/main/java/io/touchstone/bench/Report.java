package io.touchstone.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What was measured, and where. */
final class Report {
    private final Settings settings;
    private final List<Figure> figures = new ArrayList<>();

    Report(Settings settings) {
        this.settings = settings;
    }

    void add(Figure figure) {
        figures.add(figure);
    }

    List<Figure> figures() {
        return List.copyOf(figures);
    }

    /** A table in Markdown, which people read as well as a README does. */
    void print(PrintStream out) {
        out.printf("%n%s%n", machine());
        String experiment = "";
        for (Figure figure : figures) {
            if (!figure.experiment().equals(experiment)) {
                experiment = figure.experiment();
                out.printf("%n%s%n%n", experiment);
                out.println("| row | measure | median | range | ratio | range | to |");
                out.println("|---|---|---:|---:|---:|---:|---|");
            }
            boolean compared = figure.ratios().length > 0;
            out.printf(
                    "| %s | %s | %s | %s | %s | %s | %s |%n",
                    figure.row(),
                    figure.measure(),
                    Figure.number(Figure.median(figure.rounds())),
                    Figure.range(figure.rounds()),
                    compared ? Figure.number(Figure.median(figure.ratios())) : "",
                    Figure.range(figure.ratios()),
                    figure.of());
        }
    }

    /** A Mermaid chart of a measure's medians, one per experiment that has it: some pages draw it, others show its numbers. */
    void plot(String measure, PrintStream out) {
        Map<String, List<Figure>> byExperiment = new LinkedHashMap<>();
        for (Figure figure : figures) {
            if (figure.measure().equals(measure)) {
                byExperiment
                        .computeIfAbsent(figure.experiment(), name -> new ArrayList<>())
                        .add(figure);
            }
        }
        byExperiment.forEach((experiment, rows) -> out.printf(
                "%n```mermaid%nxychart-beta horizontal%n    title \"%s: %s\"%n    x-axis [%s]%n    bar [%s]%n```%n",
                experiment,
                measure,
                rows.stream().map(row -> '"' + row.row() + '"').collect(Collectors.joining(", ")),
                rows.stream()
                        .map(row -> String.format(Locale.ROOT, "%.2f", Figure.median(row.rounds())))
                        .collect(Collectors.joining(", "))));
    }

    private String machine() {
        return String.format(
                Locale.ROOT,
                "%d processors (%s), %d MiB heap, Java %s, %s; %d rounds, %,d orders, %,d skus, %,d factories, %d h, parallelism %d",
                Runtime.getRuntime().availableProcessors(),
                processor(),
                Runtime.getRuntime().maxMemory() >> 20,
                Runtime.version(),
                System.getProperty("os.name"),
                settings.rounds(),
                settings.orders(),
                settings.keys(),
                settings.factories(),
                settings.span().toHours(),
                settings.parallelism());
    }

    /** What Linux calls it; the architecture elsewhere. */
    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElseGet(() -> System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    void write(Path json) throws IOException {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("machine", machine());
        report.put("figures", figures);
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValue(json.toFile(), report);
    }
}
