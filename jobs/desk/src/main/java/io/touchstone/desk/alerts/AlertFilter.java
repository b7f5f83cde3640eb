package io.touchstone.desk.alerts;

import io.touchstone.alert.Severity;
import io.touchstone.io.AlertMessage;
import java.util.List;
import picocli.CommandLine.Option;

/** Which alerts somebody wants to see. */
public final class AlertFilter {
    @Option(
            names = "--kind",
            split = ",",
            paramLabel = "KIND",
            description = "only such alerts: ${COMPLETION-CANDIDATES}; may be given several times")
    private List<Kind> kinds = List.of();

    @Option(
            names = "--factory",
            split = ",",
            paramLabel = "ID",
            description = "only alerts about this factory; may be given several times")
    private List<String> factories = List.of();

    @Option(
            names = "--severity",
            paramLabel = "LEAST",
            description = "only what is this severe or more: ${COMPLETION-CANDIDATES}")
    private Severity least = Severity.INFO;

    /** Whether a revision is wanted. */
    public boolean wants(AlertMessage alert) {
        return wants(Kind.valueOf(alert.kind())) && wants(alert.factoryId(), alert.severity());
    }

    boolean wants(Kind kind) {
        return kinds.isEmpty() || kinds.contains(kind);
    }

    private boolean wants(String factory, Severity severity) {
        return (factories.isEmpty() || factories.contains(factory)) && severity.compareTo(least) >= 0;
    }
}
