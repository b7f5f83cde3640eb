package io.touchstone.chaos.load;

import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.Review;
import io.touchstone.io.AvroWire;
import org.apache.avro.specific.SpecificRecord;

/** Encodes the records of any topic; for one thread. */
final class LoadWire {
    private final AvroWire<Order> orders = AvroWire.orders();
    private final AvroWire<OrderReturn> returns = AvroWire.returns();
    private final AvroWire<Review> reviews = AvroWire.reviews();

    byte[] encode(SpecificRecord value) {
        if (value instanceof Order order) {
            return orders.encode(order);
        }
        return value instanceof OrderReturn step ? returns.encode(step) : reviews.encode((Review) value);
    }
}
