package io.touchstone.io;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/** The tables as the database would hold them: rows by key, of which none goes back in time, and facts that never change. */
public final class TablesInMemory {
    private final TreeMap<TableRow, TableRow> rows = new TreeMap<>(TableRow.ORDER);
    private final List<String> changes = new ArrayList<>();

    /** Writes a row as the sink would; what changes a fact is remembered. */
    public void upsert(TableRow row) {
        TableRow other = rows.get(row);
        if (other != null && row.table().guard() < 0 && !other.equals(row)) {
            changes.add("a fact changes: " + other + " becomes " + row);
        }
        if (other == null || row.replaces(other)) {
            rows.remove(row);
            rows.put(row, row);
        }
    }

    /** The rows of a table by primary key, each as its values. */
    public List<List<String>> rows(Table table) {
        List<List<String>> found = new ArrayList<>();
        for (TableRow row : all()) {
            if (row.table() == table) {
                found.add(row.values());
            }
        }
        return found;
    }

    /** Facts that were written again as something else, in words. */
    public List<String> changes() {
        return changes;
    }

    /** Every row, by table and primary key. */
    public Collection<TableRow> all() {
        return rows.values();
    }
}
