package io.touchstone.desk.forward;

import io.touchstone.config.Options.DatabaseOptions;
import io.touchstone.io.Database;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The belts that table {@code factory_score} knows. A database that is away delays nothing for more than some seconds a minute: until it is back
 * alerts go alone.
 */
final class BeltTable implements Belts {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration FRESH = Duration.ofMinutes(5);
    private static final Duration LEFT_ALONE = Duration.ofMinutes(1);

    private final DatabaseOptions database;
    private final InstantSource clock;
    private final Consumer<String> remarks;
    private final Executor thread = task -> {
        Thread worker = new Thread(task, "belts");
        worker.setDaemon(true);
        worker.start();
    };
    private Map<String, String> known = Map.of();
    private long askAgainAt;
    private boolean away;

    BeltTable(DatabaseOptions database, InstantSource clock, Consumer<String> remarks) {
        this.database = database;
        this.clock = clock;
        this.remarks = remarks;
    }

    @Override
    public String of(String factoryId) {
        if (clock.millis() >= askAgainAt) {
            ask();
        }
        return known.get(factoryId);
    }

    private void ask() {
        CompletableFuture<Map<String, String>> answer = CompletableFuture.supplyAsync(this::read, thread);
        try {
            known = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            askAgainAt = clock.millis() + FRESH.toMillis();
            if (away) {
                remarks.accept("the database is back: alerts of one belt go together again");
            }
            away = false;
        } catch (ExecutionException | TimeoutException e) {
            askAgainAt = clock.millis() + LEFT_ALONE.toMillis();
            if (!away) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                remarks.accept("the database is away, so "
                        + (known.isEmpty() ? "alerts go one by one" : "belts are those known before") + ": "
                        + (cause.getMessage() == null ? "no answer in time" : cause.getMessage()));
            }
            away = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, String> read() {
        try (Connection connection = Database.open(database)) {
            connection.setReadOnly(true);
            Map<String, String> belts = new HashMap<>();
            try (PreparedStatement query = connection.prepareStatement(
                            "SELECT factory_id, belt_id FROM factory_score WHERE belt_id IS NOT NULL");
                    ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    belts.put(rows.getString(1), rows.getString(2));
                }
            }
            return belts;
        } catch (SQLException | UncheckedIOException e) {
            throw new CompletionException(e);
        }
    }
}
