package io.touchstone.operators;

import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.quality.BuyerDay;
import io.touchstone.quality.BuyerDayOrders;
import io.touchstone.quality.Defect;
import io.touchstone.quality.FactoryEntries;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.util.FlinkRuntimeException;

/**
 * The entries of the current key's factory, in maps of the operator's state; those of a cohort day in a namespace of their own.
 * A key in a map begins with a symbol of a segment or class, a digit as of today; another way to make keys, or to count buyers,
 * needs a state of another name.
 */
final class EntriesInState implements FactoryEntries {
    private final InternalMapState<String, Integer, String, byte[]> buyerDays;
    private final InternalMapState<String, Integer, String, byte[]> defects;
    private final MapState<String, Integer> buyers;

    /** Access to state, which may fail. */
    private interface Access<T> {
        T go() throws Exception;
    }

    @SuppressWarnings("unchecked") // Flink hands out its internal states under their public types
    EntriesInState(KeyedStateBackend<String> backend) throws Exception {
        buyerDays = (InternalMapState<String, Integer, String, byte[]>)
                backend.getOrCreateKeyedState(IntSerializer.INSTANCE, descriptor("buyer-days"));
        defects = (InternalMapState<String, Integer, String, byte[]>)
                backend.getOrCreateKeyedState(IntSerializer.INSTANCE, descriptor("defects"));
        buyers = backend.getPartitionedState(
                VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE,
                new MapStateDescriptor<>("defective-buyers", StringSerializer.INSTANCE, IntSerializer.INSTANCE));
    }

    private static MapStateDescriptor<String, byte[]> descriptor(String name) {
        return new MapStateDescriptor<>(name, StringSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE);
    }

    /** Forgets a cohort day. */
    void drop(int cohortDay) {
        buyerDays.setCurrentNamespace(cohortDay);
        buyerDays.clear();
        defects.setCurrentNamespace(cohortDay);
        defects.clear();
    }

    @Override
    public BuyerDayOrders orders(BuyerDay buyerDay) {
        buyerDays.setCurrentNamespace(buyerDay.cohortDay());
        return access(() -> {
            byte[] packed = buyerDays.get(entry(buyerDay));
            return packed == null ? BuyerDayOrders.NONE : BuyerDayOrders.read(Bytes.in(packed));
        });
    }

    @Override
    public void put(BuyerDay buyerDay, BuyerDayOrders orders) {
        buyerDays.setCurrentNamespace(buyerDay.cohortDay());
        access(() -> {
            if (orders.orders() == 0) {
                buyerDays.remove(entry(buyerDay));
            } else {
                buyerDays.put(entry(buyerDay), Bytes.of(orders::write));
            }
            return null;
        });
    }

    static String entry(BuyerDay buyerDay) {
        return mark(buyerDay.segment()) + buyerDay.categoryId() + '\0' + buyerDay.buyerId();
    }

    private static char mark(Segment segment) {
        return (char) ('0' + segment.ordinal());
    }

    @Override
    public void put(int cohortDay, DefectClass defectClass, Defect defect) {
        defects.setCurrentNamespace(cohortDay);
        access(() -> {
            defects.put(mark(defectClass) + defect.orderId(), Bytes.of(defect::write));
            return null;
        });
    }

    @Override
    public boolean remove(int cohortDay, DefectClass defectClass, String orderId) {
        defects.setCurrentNamespace(cohortDay);
        return access(() -> {
            boolean known = defects.contains(mark(defectClass) + orderId);
            defects.remove(mark(defectClass) + orderId);
            return known;
        });
    }

    @Override
    public Iterable<Defect> defects(int cohortDay, DefectClass defectClass) {
        defects.setCurrentNamespace(cohortDay);
        return access(() -> {
            List<Defect> found = new ArrayList<>();
            for (Map.Entry<String, byte[]> entry : defects.entries()) {
                if (entry.getKey().charAt(0) == mark(defectClass)) {
                    found.add(Defect.read(
                            Bytes.in(entry.getValue()), entry.getKey().substring(1)));
                }
            }
            return found;
        });
    }

    @Override
    public int defectiveOrders(DefectClass defectClass, String buyerId) {
        return access(() -> {
            Integer orders = buyers.get(mark(defectClass) + buyerId);
            return orders == null ? 0 : orders;
        });
    }

    @Override
    public void putDefectiveOrders(DefectClass defectClass, String buyerId, int orders) {
        access(() -> {
            if (orders == 0) {
                buyers.remove(mark(defectClass) + buyerId);
            } else {
                buyers.put(mark(defectClass) + buyerId, orders);
            }
            return null;
        });
    }

    static char mark(DefectClass defectClass) {
        return (char) ('0' + defectClass.ordinal());
    }

    private static <T> T access(Access<T> access) {
        try {
            return access.go();
        } catch (Exception e) {
            throw new FlinkRuntimeException("cannot read or write the entries of a factory", e);
        }
    }
}
