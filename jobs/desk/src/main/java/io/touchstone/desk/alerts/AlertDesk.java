package io.touchstone.desk.alerts;

import io.touchstone.config.Options.DatabaseOptions;
import io.touchstone.config.Options.KafkaOptions;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.Json;
import io.touchstone.price.PriceAlert;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/** Where alerts are printed. */
public final class AlertDesk {
    private final PrintWriter out;
    private final PrintWriter err;
    private final AlertLine style;

    /**
     * A desk.
     *
     * @param err where remarks go
     * @param ansi whether there are colours
     * @param zone of all times that are shown
     */
    public AlertDesk(PrintWriter out, PrintWriter err, Ansi ansi, ZoneId zone) {
        this.out = out;
        this.err = err;
        style = new AlertLine(zone, ansi);
    }

    /**
     * Prints revisions as they are published.
     *
     * @param since from what was published then on, epoch ms
     * @param untilEnd stop at what is the end now
     * @param json the messages as they are
     */
    public void tail(KafkaOptions kafka, long since, boolean untilEnd, AlertFilter filter, boolean json) {
        List<String> topics = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            String topic = kind.name().equals(PriceAlert.KIND)
                    ? kafka.topics().priceAlerts()
                    : kafka.topics().demotionAlerts();
            if (filter.wants(kind) && !topics.contains(topic)) {
                topics.add(topic);
            }
        }
        new AlertTail(kafka, topics, remark -> err.println("alerts: " + remark)).read(since, untilEnd, seen -> {
            if (filter.wants(seen.alert())) {
                out.println(json ? seen.json() : style.of(seen.alert()));
            }
            // Whoever read it may have gone, as head does.
            return !out.checkError();
        });
    }

    /** Prints alerts as of now. */
    public void list(DatabaseOptions database, boolean openOnly, AlertFilter filter, boolean json) throws SQLException {
        List<AlertMessage> alerts;
        try (AlertTables tables = AlertTables.open(database)) {
            alerts = tables.alerts(openOnly).stream().filter(filter::wants).toList();
        }
        if (json) {
            alerts.forEach(alert -> out.println(Json.of(alert)));
            return;
        }
        TextTable table = new TextTable("SEVERITY", "KIND", "STATUS", "OPENED", "FOR", "FACTORY", "ABOUT", "ALERT");
        long now = System.currentTimeMillis();
        for (AlertMessage alert : alerts) {
            long end = alert.closedAt() == null ? now : alert.closedAt();
            table.row(
                    alert.severity(),
                    alert.kind(),
                    alert.status(),
                    When.local(alert.openedAt(), style.zone()),
                    // A simulated market may be ahead of the clock.
                    end < alert.openedAt() ? "" : When.length(end - alert.openedAt()),
                    alert.factoryId(),
                    alert.subject().equals(alert.factoryId()) ? "" : alert.subject(),
                    alert.alertId());
        }
        List<String> lines = table.lines();
        for (int i = 0; i < lines.size(); i++) {
            out.println(i == 0 ? style.bold(lines.get(i)) : style.coloured(alerts.get(i - 1), lines.get(i)));
        }
        out.println(String.format(Locale.ROOT, "%,d alert(s)%s", alerts.size(), openOnly ? " open" : ""));
    }

    /** Prints the story of an alert; false if there is no such alert, or more than one. */
    public boolean show(DatabaseOptions database, String id) throws SQLException {
        try (AlertTables tables = AlertTables.open(database)) {
            AlertStory.of(tables, id, style).forEach(out::println);
            return true;
        } catch (UnknownAlert e) {
            err.println("alerts: " + e.getMessage());
            return false;
        }
    }
}
