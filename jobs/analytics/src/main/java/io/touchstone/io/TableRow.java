package io.touchstone.io;

import io.touchstone.market.Ids;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * A row on its way to a sink table.
 *
 * @param values one per column, as text (times in epoch ms); null where the row has none
 */
public record TableRow(Table table, List<String> values) {

    /** The type of rows between operators. */
    public static final TypeInformation<TableRow> TYPE = TypeInformation.of(TableRow.class);

    /** By table, then by primary key: ids by their UTF-8 bytes, numbers and times by value. */
    static final Comparator<TableRow> ORDER = (a, b) -> {
        int order = a.table.compareTo(b.table);
        List<Table.Column> keys = a.table.keyColumns();
        for (int i = 0; order == 0 && i < keys.size(); i++) {
            String x = a.values.get(i);
            String y = b.values.get(i);
            order = compare(keys.get(i).type(), x, y);
        }
        return order;
    };

    private static int compare(Table.Type type, String x, String y) {
        return type.isNumber() ? Long.compare(Long.parseLong(x), Long.parseLong(y)) : Ids.compare(x, y);
    }

    /** Whether this may take the place of another row of the same key. */
    boolean replaces(TableRow other) {
        int guard = table.guard();
        return guard < 0 || compare(table.columns().get(guard).type(), values.get(guard), other.values.get(guard)) >= 0;
    }
}
