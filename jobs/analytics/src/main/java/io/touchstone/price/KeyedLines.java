package io.touchstone.price;

import io.touchstone.market.Ids;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The lines of one order event that share a key: deals when the order was shipped, a check when it was paid.
 *
 * @param subject the {@link PriceKey} as text
 * @param time when it acts: the instant of shipping, or of payment
 * @param origin of a payment, for the dead letter should it come too late; else null
 */
public record KeyedLines(
        String subject,
        Kind kind,
        long time,
        long paidAt,
        String eventId,
        String orderId,
        String factoryId,
        String buyerId,
        List<Line> lines,
        Origin origin) {

    /** What happens at one instant happens in the order of these. */
    public enum Kind {
        SHIPPED,
        PAID
    }

    /** Quantity in pieces, price of one piece in millionths of the currency unit. */
    public record Line(String lineId, long quantity, long priceMicros) {}

    /** The order in which a key's lines act, whatever the order in which they arrived. */
    static final Comparator<KeyedLines> ORDER = Comparator.comparingLong(KeyedLines::time)
            .thenComparing(KeyedLines::kind)
            .thenComparing(KeyedLines::orderId, Ids.ORDER)
            .thenComparing(KeyedLines::eventId, Ids.ORDER);

    private static final int VERSION = 1;

    /** What an order event means for prices: nothing unless a REGULAR order was paid or shipped, else one value per key. */
    public static List<KeyedLines> of(OrderEvent event, Origin origin) {
        if (event.type() != OrderEvent.Type.REGULAR) {
            return List.of();
        }
        return switch (event.status()) {
            case PAID -> split(event, Kind.PAID, origin);
            case SHIPPED -> split(event, Kind.SHIPPED, null);
            case DELIVERED, CANCELLED -> List.of();
        };
    }

    private static List<KeyedLines> split(OrderEvent event, Kind kind, Origin origin) {
        Map<String, List<Line>> byKey = new LinkedHashMap<>();
        for (OrderEvent.Line line : event.lines()) {
            byKey.computeIfAbsent(
                            PriceKey.of(line).subject(),
                            k -> new ArrayList<>(event.lines().size()))
                    .add(new Line(line.lineId(), line.quantity(), line.unitPriceMicros()));
        }
        List<KeyedLines> split = new ArrayList<>(byKey.size());
        byKey.forEach((subject, lines) -> split.add(new KeyedLines(
                subject,
                kind,
                event.eventTime(),
                event.paidAt(),
                event.eventId(),
                event.orderId(),
                event.factoryId(),
                event.buyerId(),
                lines,
                origin)));
        return split;
    }

    /** The same, acting at another instant: what came late acts at the first instant that is still open. */
    public KeyedLines at(long instant) {
        return new KeyedLines(subject, kind, instant, paidAt, eventId, orderId, factoryId, buyerId, lines, origin);
    }

    /** The same without the original bytes, which nothing needs once it is known not to be late. */
    public KeyedLines withoutOrigin() {
        return new KeyedLines(subject, kind, time, paidAt, eventId, orderId, factoryId, buyerId, lines, null);
    }

    /** Packs it, behind a version byte. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeByte((kind.ordinal() << 1) | (origin == null ? 0 : 1));
        Packed.writeString(subject, out);
        Packed.writeUnsigned(time, out);
        Packed.writeUnsigned(time - paidAt, out);
        Packed.writeString(eventId, out);
        Packed.writeString(orderId, out);
        Packed.writeString(factoryId, out);
        Packed.writeString(buyerId, out);
        Packed.writeUnsigned(lines.size(), out);
        for (Line line : lines) {
            Packed.writeString(line.lineId, out);
            Packed.writeUnsigned(line.quantity, out);
            Packed.writeUnsigned(line.priceMicros, out);
        }
        if (origin != null) {
            Packed.writeString(origin.topic(), out);
            Packed.writeUnsigned(origin.partition(), out);
            Packed.writeUnsigned(origin.offset(), out);
            Packed.writeBytes(origin.value(), out);
        }
    }

    /** Reads what {@link #write} wrote. */
    public static KeyedLines read(DataInput in) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("keyed lines of version " + version + " are newer than this program");
        }
        int head = in.readByte();
        String subject = Packed.readString(in);
        long time = Packed.readUnsigned(in);
        long paidAt = time - Packed.readUnsigned(in);
        String eventId = Packed.readString(in);
        String orderId = Packed.readString(in);
        String factoryId = Packed.readString(in);
        String buyerId = Packed.readString(in);
        int size = Packed.readSmall(in);
        List<Line> lines = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            lines.add(new Line(Packed.readString(in), Packed.readUnsigned(in), Packed.readUnsigned(in)));
        }
        Origin origin = (head & 1) == 0
                ? null
                : new Origin(
                        Packed.readString(in), Packed.readSmall(in), Packed.readUnsigned(in), Packed.readBytes(in));
        return new KeyedLines(
                subject, Kind.values()[head >> 1], time, paidAt, eventId, orderId, factoryId, buyerId, lines, origin);
    }
}
