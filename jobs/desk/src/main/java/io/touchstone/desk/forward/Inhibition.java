package io.touchstone.desk.forward;

import io.touchstone.desk.alerts.Kind;
import java.util.Set;

/** While an alert of kind {@code source} is open, alerts of the {@code muted} kinds about the same factory are not sent. */
record Inhibition(String name, Kind source, Set<Kind> muted) {}
