package io.touchstone.quality;

import io.touchstone.policy.DefectClass;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * All that an order ever tells its factory: something changed at an instant. An evaluation at T has seen the facts with
 * {@code instant < T}. Facts of one order are told, and have to be applied, in their order; those of different orders commute.
 *
 * @param instant when it changed, epoch ms
 * @param buyerDay where the order counts
 * @param orders 1 if the order begins to count, -1 if it ceases to, else 0
 * @param ended classes in which it ceased to be a counting, defective order
 * @param begun classes in which it became one; a class in both has a new {@code known_at}
 * @param belt the belt of a REGULAR order that was paid; null in all other facts
 */
public record Fact(
        long instant, String orderId, BuyerDay buyerDay, int orders, Set<DefectClass> ended, Spells begun, Belt belt) {
    private static final int VERSION = 1;

    /** Where an order comes from; {@code paidAt} in epoch ms. */
    public record Belt(long paidAt, String beltId) {

        void write(DataOutput out) throws IOException {
            Packed.writeUnsigned(paidAt, out);
            Packed.writeString(beltId, out);
        }

        static Belt read(DataInput in) throws IOException {
            return new Belt(Packed.readUnsigned(in), Packed.readString(in));
        }
    }

    /** Nothing but a belt. */
    static Fact of(long instant, String orderId, BuyerDay buyerDay, Belt belt) {
        return new Fact(instant, orderId, buyerDay, 0, Set.of(), Spells.NONE, belt);
    }

    /** What leads from one contribution to another; null where the order does not count. */
    static List<Fact> between(long instant, String orderId, Contribution before, Contribution after) {
        if (before != null && after != null && !before.buyerDay().equals(after.buyerDay())) {
            List<Fact> moved = new ArrayList<>(between(instant, orderId, before, null));
            moved.addAll(between(instant, orderId, null, after));
            return moved;
        }
        if (before == null ? after == null : before.equals(after)) {
            return List.of();
        }
        Spells old = before == null ? Spells.NONE : before.defects();
        Spells now = after == null ? Spells.NONE : after.defects();
        Set<DefectClass> ended = EnumSet.noneOf(DefectClass.class);
        ended.addAll(old.without(now).since().keySet());
        return List.of(new Fact(
                instant,
                orderId,
                (after == null ? before : after).buyerDay(),
                (after == null ? 0 : 1) - (before == null ? 0 : 1),
                ended,
                now.without(old),
                null));
    }

    /** The classes in which something changes. */
    Set<DefectClass> classes() {
        Set<DefectClass> classes = EnumSet.noneOf(DefectClass.class);
        classes.addAll(ended);
        classes.addAll(begun.since().keySet());
        return classes;
    }

    Fact with(Belt named) {
        return new Fact(instant, orderId, buyerDay, orders, ended, begun, named);
    }

    /** Packs everything, behind a version byte. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        Packed.writeUnsigned(instant, out);
        Packed.writeString(orderId, out);
        buyerDay.write(out);
        out.writeByte(orders);
        out.writeByte(Spells.mask(ended));
        begun.write(instant, out);
        out.writeBoolean(belt != null);
        if (belt != null) {
            belt.write(out);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException also if it was written by a newer version
     */
    public static Fact read(DataInput in) throws IOException {
        Versions.check("a fact", in.readByte(), VERSION);
        long instant = Packed.readUnsigned(in);
        return new Fact(
                instant,
                Packed.readString(in),
                BuyerDay.read(in),
                in.readByte(),
                Spells.classes(in.readUnsignedByte()),
                Spells.read(instant, in),
                in.readBoolean() ? Belt.read(in) : null);
    }
}
