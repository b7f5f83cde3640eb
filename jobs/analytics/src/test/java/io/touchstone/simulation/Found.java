package io.touchstone.simulation;

import io.touchstone.io.AlertMessage;
import io.touchstone.io.Json;
import io.touchstone.io.Rows;
import io.touchstone.io.TableRow;
import io.touchstone.io.TablesInMemory;
import io.touchstone.market.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/** What the sinks hold: rows at once and for good, alerts with the next checkpoint, dead letters at least once. */
final class Found {
    final TablesInMemory tables = new TablesInMemory();
    final List<AlertMessage> alerts = new ArrayList<>();
    /** {@code topic/offset}. */
    final TreeSet<String> letters = new TreeSet<>();

    private final List<AlertMessage> uncommitted = new ArrayList<>();

    void row(TableRow row) {
        tables.upsert(row);
    }

    void alert(AlertMessage alert) {
        uncommitted.add(alert);
        Rows.of(alert).forEach(this::row);
    }

    void letter(DeadLetter letter) {
        letters.add(letter.origin().topic() + "/" + letter.origin().offset());
    }

    /** A checkpoint is complete. */
    void commit() {
        alerts.addAll(uncommitted);
        uncommitted.clear();
    }

    /** The job has crashed. */
    void abort() {
        uncommitted.clear();
    }

    /** Of all rows and alerts, whatever their order. Dead letters name places, which differ where events arrive otherwise. */
    String digest() {
        TreeSet<String> all = new TreeSet<>();
        tables.all().forEach(row -> all.add(row.toString()));
        alerts.forEach(alert -> all.add(Json.of(alert)));
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            all.forEach(line -> digest.update((line + '\n').getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
