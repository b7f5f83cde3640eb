package io.touchstone.price;

import io.touchstone.market.Channel;
import io.touchstone.market.OrderEvent;

/** What has a floor of its own. */
public record PriceKey(String skuId, Channel channel, String currency) {

    /** The key of an order's line. */
    public static PriceKey of(OrderEvent.Line line) {
        return new PriceKey(line.skuId(), line.channel(), line.currency());
    }

    /** Reads {@link #subject()} back; a sku id may itself contain slashes. */
    public static PriceKey parse(String subject) {
        int currency = subject.lastIndexOf('/');
        int channel = subject.lastIndexOf('/', currency - 1);
        return new PriceKey(
                subject.substring(0, channel),
                Channel.valueOf(subject.substring(channel + 1, currency)),
                subject.substring(currency + 1));
    }

    /** The key as the subject of alerts: {@code sku_id/channel/currency}. */
    public String subject() {
        return skuId + '/' + channel + '/' + currency;
    }
}
