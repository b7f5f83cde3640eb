package io.touchstone.desk.report;

import io.touchstone.config.Options.DatabaseOptions;
import io.touchstone.policy.Policy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Instant;

/** One HTML file that shows how a marketplace does: it needs no network and no other file. */
public final class HtmlReport {
    private HtmlReport() {}

    /**
     * Writes the report of a folder as {@code scripts/backtest} or {@code scripts/export} wrote it; returns it in a sentence.
     *
     * @throws IOException if a file cannot be read, naming it and what is wrong, or the report cannot be written
     */
    public static String fromFolder(Path folder, Policy policy, Path output) throws IOException {
        try (Rows rows = new FolderRows(folder)) {
            return write(rows, policy, output);
        }
    }

    /** Writes the report of a database; returns it in a sentence. {@code live}: whether rows that end long ago are a sign of trouble. */
    public static String fromDatabase(DatabaseOptions database, boolean live, Policy policy, Path output)
            throws IOException {
        try (Rows rows = new DatabaseRows(database, live)) {
            return write(rows, policy, output);
        } catch (SQLException e) {
            throw new IOException(database.url() + " cannot be read as " + database.user() + ": " + e.getMessage(), e);
        }
    }

    private static String write(Rows rows, Policy policy, Path output) throws IOException {
        Picture picture = new PictureReader(rows, policy.timeZone()).read();
        Page page = new Page(picture, policy.timeZone(), rows.source(), rows.isLive(), Instant.now());
        String html = page.html();
        Path folder = output.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        // Whoever has it open, or reads it while it is made, sees a whole one.
        Path whole = output.resolveSibling(output.getFileName() + ".new");
        Files.writeString(whole, html, StandardCharsets.UTF_8);
        Files.move(whole, output, StandardCopyOption.REPLACE_EXISTING);
        return page.verdict();
    }
}
