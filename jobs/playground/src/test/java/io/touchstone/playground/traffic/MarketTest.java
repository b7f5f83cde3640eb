package io.touchstone.playground.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.event.BuyerSegment;
import io.touchstone.event.CancelledBy;
import io.touchstone.event.Channel;
import io.touchstone.event.Order;
import io.touchstone.event.OrderLine;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.OrderType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarketTest {
    private static final LocalDate START = LocalDate.of(2026, 8, 24);
    private static final long DAY_MS = 86_400_000L;

    @Test
    void tellsTheSameStoryForTheSameSeed() throws Exception {
        Market market = Market.of(7, START, 30, 0.3);
        String told = digest(market);
        assertThat(digest(market)).isEqualTo(told);
        assertThat(digest(Market.of(7, START, 30, 0.3))).isEqualTo(told);
        assertThat(digest(Market.of(8, START, 30, 0.3))).isNotEqualTo(told);
        assertThat(digest(Market.of(7, START.plusDays(1), 30, 0.3))).isNotEqualTo(told);
    }

    @Test
    void hasTheUsualSizeUnlessToldOtherwise() {
        assertThat(count(Market.of(1, START))).isBetween(170_000, 240_000);
        assertThat(count(Market.of(1, START, 60, 0.1))).isLessThan(60_000);
        assertThat(count(Market.of(1, START, 60, 2))).isGreaterThan(120_000);
        assertThatThrownBy(() -> Market.of(1, START, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Market.of(1, START, 90, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void consistsOfValidOrdersInTheOrderOfTheirTimes(long seed) {
        Market market = Market.of(seed, START, 60, 1);
        Set<String> events = new HashSet<>();
        Map<String, Order> paid = new HashMap<>();
        Set<OrderType> types = EnumSet.noneOf(OrderType.class);
        Set<Channel> channels = EnumSet.noneOf(Channel.class);
        Set<BuyerSegment> segments = EnumSet.noneOf(BuyerSegment.class);
        Set<CancelledBy> cancelledBy = EnumSet.noneOf(CancelledBy.class);
        Map<OrderStatus, Integer> statuses = new EnumMap<>(OrderStatus.class);
        long before = market.begin();
        for (Traffic traffic : market) {
            assertThat(traffic.eventTime()).isBetween(before, market.end() - 1);
            before = traffic.eventTime();
            if (!(traffic.value() instanceof Order order)) {
                assertThat(traffic.topic()).isNotEqualTo("orders");
                continue;
            }
            assertThat(traffic.topic()).isEqualTo("orders");
            assertThat(traffic.key()).isEqualTo(order.getOrderId());
            assertThat(order.getEventTime()).isEqualTo(Instant.ofEpochMilli(traffic.eventTime()));
            assertThat(events.add(order.getEventId())).isTrue();
            assertValid(order);
            if (order.getStatus() == OrderStatus.PAID) {
                paid.put(order.getOrderId(), order);
            }
            assertThat(order.getLines()).isEqualTo(paid.get(order.getOrderId()).getLines());
            assertThat(order.getBuyerId())
                    .isEqualTo(paid.get(order.getOrderId()).getBuyerId());
            types.add(order.getType());
            segments.add(order.getBuyerSegment());
            order.getLines().forEach(line -> channels.add(line.getChannel()));
            if (order.getStatus() == OrderStatus.CANCELLED) {
                cancelledBy.add(order.getCancelledBy());
            }
            statuses.merge(order.getStatus(), 1, Integer::sum);
        }
        assertThat(types).hasSize(5).doesNotContain(OrderType.UNKNOWN);
        assertThat(channels).hasSize(3);
        assertThat(segments).hasSize(4);
        assertThat(cancelledBy).hasSize(3);
        int orders = statuses.get(OrderStatus.PAID);
        assertThat(statuses.get(OrderStatus.CANCELLED)).isBetween(orders / 100, orders / 20);
        assertThat(statuses.get(OrderStatus.SHIPPED)).isGreaterThan(orders * 9 / 10);
        assertThat(statuses.get(OrderStatus.DELIVERED)).isGreaterThan(orders * 8 / 10);
    }

    @Test
    void plantsSomethingOfEveryKindAndEachWithAFactoryOfItsOwn() {
        Market market = Market.of(1, START);
        assertThat(market.factories()).hasSize(48);
        assertThat(market.factories().stream().map(Factory::belt).distinct()).hasSize(6);
        assertThat(market.rises()).extracting(PlantedRise::kind).contains(PlantedRise.Kind.values());
        assertThat(market.innocents()).extracting(Innocent::kind).contains(Innocent.Kind.values());
        assertThat(market.faults()).extracting(PlantedFault::kind).contains(PlantedFault.Kind.values());
        assertThat(market.blameless()).extracting(Blameless::kind).contains(Blameless.Kind.values());
        assertThat(market.plantedSubjects()).hasSameSizeAs(market.rises());
        List<String> factories = new ArrayList<>();
        market.rises().forEach(rise -> factories.add(rise.factoryId()));
        market.innocents().forEach(innocent -> factories.add(innocent.factoryId()));
        market.faults().forEach(fault -> factories.add(fault.factoryId()));
        market.blameless().forEach(blameless -> factories.add(blameless.factoryId()));
        assertThat(factories).doesNotHaveDuplicates();
        assertThat(market.rises()).allSatisfy(rise -> {
            assertThat(rise.from()).isBetween(market.begin() + 40 * DAY_MS, market.end() - 5 * DAY_MS);
            assertThat(market.factories()).anySatisfy(factory -> {
                assertThat(factory.id()).isEqualTo(rise.factoryId());
                assertThat(factory.skus()).extracting(Sku::id).contains(rise.skuId());
            });
        });
    }

    @Test
    void plantsNothingThatCouldNotBeNoticedAnyMore() {
        assertThat(Market.of(1, START, 30, 1).rises()).isEmpty();
        assertThat(Market.of(1, START, 50, 1).faults()).isEmpty();
        assertThat(Market.of(1, START, 60, 1).faults())
                .extracting(PlantedFault::kind)
                .containsExactly(PlantedFault.Kind.DELAY);
        assertThat(Market.of(1, START, 52, 1).rises())
                .isNotEmpty()
                .allSatisfy(rise -> assertThat(rise.from()).isLessThan(Rhythm.midnight(START.plusDays(48))));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 1", "4, 0.1", "5, 2", "6, 0.5"})
    void alertsWouldOpenForThePlantedRisesAndForNothingElse(long seed, double scale) {
        Market market = Market.of(seed, START, 90, scale);
        List<Breach> breaches = breaches(market);
        Map<String, Long> opened = openings(breaches);
        assertThat(opened.keySet()).isEqualTo(market.plantedSubjects());
        assertThat(market.rises())
                .allSatisfy(rise -> assertThat(opened.get(rise.subject()) - rise.from())
                        .as(rise.toString())
                        .isBetween(0L, 5 * DAY_MS));

        List<Breach> innocent = breaches.stream()
                .filter(breach -> !market.plantedSubjects().contains(breach.key()))
                .toList();
        List<Innocent> mistakes = market.innocents().stream()
                .filter(it -> it.kind() == Innocent.Kind.MISTAKE)
                .toList();
        assertThat(innocent).hasSameSizeAs(mistakes);
        assertThat(mistakes)
                .allSatisfy(mistake -> assertThat(innocent).anySatisfy(breach -> {
                    assertThat(breach.key()).isEqualTo(mistake.subject());
                    assertThat(breach.at()).isEqualTo(mistake.at());
                    assertThat(breach.excessBp()).isBetween(1000L, 1500L);
                }));
    }

    @Test
    void friendsPayFarLessThanAnybodyElse() {
        Market market = Market.of(1, START);
        Map<String, List<Deal>> deals = deals(market);
        List<Innocent> sales = market.innocents().stream()
                .filter(it -> it.kind() == Innocent.Kind.FRIENDLY_SALE)
                .toList();
        assertThat(sales).hasSize(2).allSatisfy(sale -> {
            List<Deal> key = deals.get(sale.subject());
            Deal friend = key.stream()
                    .filter(deal -> deal.paidAt() == sale.at())
                    .findFirst()
                    .orElseThrow();
            assertThat(key.stream().filter(deal -> deal.tier() <= friend.tier() && !deal.equals(friend)))
                    .isNotEmpty()
                    .allSatisfy(deal -> assertThat(deal.price()).isGreaterThan(friend.price() * 3 / 2));
        });
    }

    @Test
    void asksNoMoreForAPieceOfALargerLotOnTheSameDay() {
        Market market = Market.of(1, START);
        Set<String> stories = new HashSet<>(market.plantedSubjects());
        market.innocents().stream()
                .filter(it -> it.kind() != Innocent.Kind.QUANTITY_DISCOUNT)
                .forEach(it -> stories.add(it.subject()));
        deals(market).forEach((key, deals) -> {
            if (stories.contains(key)) {
                return;
            }
            Map<LocalDate, TreeMap<Long, Long>> prices = new HashMap<>();
            for (Deal deal : deals) {
                TreeMap<Long, Long> byTier = prices.computeIfAbsent(Rhythm.day(deal.paidAt()), day -> new TreeMap<>());
                assertThat(byTier.merge(deal.tier(), deal.price(), Long::max)).isEqualTo(deal.price());
            }
            prices.values().forEach(byTier -> {
                Iterator<Long> largerLots = byTier.values().iterator();
                long smaller = largerLots.next();
                while (largerLots.hasNext()) {
                    long larger = largerLots.next();
                    assertThat(larger).as(key).isLessThan(smaller);
                    smaller = larger;
                }
            });
        });
    }

    @Test
    void endsWhereItSays() {
        Iterator<Traffic> events = Market.of(1, START, 2, 0.1).iterator();
        while (events.hasNext()) {
            events.next();
        }
        assertThatThrownBy(events::next).isInstanceOf(NoSuchElementException.class);
    }

    /** What section 0 of the contract calls INVALID, and a little more that a believable market keeps to. */
    private static void assertValid(Order order) {
        assertThat(order.getStatus()).isNotEqualTo(OrderStatus.UNKNOWN);
        assertThat(order.getBuyerSegment()).isNotEqualTo(BuyerSegment.UNKNOWN);
        for (String id : List.of(
                order.getEventId(),
                order.getOrderId(),
                order.getFactoryId(),
                order.getCategoryId(),
                order.getBeltId(),
                order.getBuyerId())) {
            assertThat(id).isNotEmpty().hasSizeLessThanOrEqualTo(256);
        }
        assertThat(order.getPaidAt()).isBeforeOrEqualTo(order.getEventTime());
        if (order.getStatus() == OrderStatus.PAID) {
            assertThat(order.getEventTime()).isEqualTo(order.getPaidAt());
        }
        assertThat(order.getShipBy()).isAfterOrEqualTo(order.getPaidAt());
        assertThat(order.getLeadDays()).isBetween(0, 365);
        assertThat(order.getCancelledBy() != null).isEqualTo(order.getStatus() == OrderStatus.CANCELLED);
        assertThat(order.getLines()).isNotEmpty();
        Set<String> lines = new HashSet<>();
        for (OrderLine line : order.getLines()) {
            assertThat(lines.add(line.getLineId())).isTrue();
            assertThat(line.getLineId()).isNotEmpty();
            assertThat(line.getSkuId()).isNotEmpty().hasSizeLessThanOrEqualTo(256);
            assertThat(line.getQuantity()).isBetween(1L, 1_000_000_000L);
            assertThat(line.getUnitPriceMicros()).isBetween(1L, 1_000_000_000_000L);
            assertThat(line.getCurrency()).matches("[A-Z]{3}");
            assertThat(line.getChannel()).isNotEqualTo(Channel.UNKNOWN);
        }
    }

    /** A line of a REGULAR order, and when it was shipped: never is {@link Long#MAX_VALUE}. */
    private record Deal(String orderId, String buyerId, long paidAt, long shippedAt, long tier, long price) {}

    private record Breach(String key, String buyerId, long at, long excessBp) {}

    private static Map<String, List<Deal>> deals(Market market) {
        Map<String, Long> shippedAt = new HashMap<>();
        List<Order> paid = new ArrayList<>();
        for (Traffic traffic : market) {
            if (!(traffic.value() instanceof Order order)) {
                continue;
            }
            if (order.getStatus() == OrderStatus.SHIPPED) {
                shippedAt.put(order.getOrderId(), traffic.eventTime());
            } else if (order.getStatus() == OrderStatus.PAID && order.getType() == OrderType.REGULAR) {
                paid.add(order);
            }
        }
        Map<String, List<Deal>> deals = new TreeMap<>();
        for (Order order : paid) {
            for (OrderLine line : order.getLines()) {
                long tier = Sku.TIERS.stream()
                        .filter(least -> least <= line.getQuantity())
                        .max(Long::compare)
                        .orElseThrow();
                deals.computeIfAbsent(
                                line.getSkuId() + "/" + line.getChannel() + "/" + line.getCurrency(),
                                key -> new ArrayList<>())
                        .add(new Deal(
                                order.getOrderId(),
                                order.getBuyerId(),
                                order.getPaidAt().toEpochMilli(),
                                shippedAt.getOrDefault(order.getOrderId(), Long.MAX_VALUE),
                                tier,
                                line.getUnitPriceMicros()));
            }
        }
        return deals;
    }

    /** Every breach of a CURRENT floor by the letter of section 5, with default policy, by time. */
    private static List<Breach> breaches(Market market) {
        List<Breach> breaches = new ArrayList<>();
        deals(market).forEach((key, deals) -> {
            for (Deal deal : deals) {
                long window = Rhythm.midnight(Rhythm.day(deal.paidAt()).minusDays(30));
                Map<String, Long> lowest = new HashMap<>();
                deals.stream()
                        .filter(other -> other.tier() <= deal.tier()
                                && other.shippedAt() <= deal.paidAt()
                                && other.paidAt() < deal.paidAt()
                                && other.paidAt() >= window)
                        .forEach(other -> lowest.merge(other.buyerId(), other.price(), Long::min));
                List<Long> prices = lowest.values().stream().sorted().toList();
                if (prices.size() >= 3 && deal.price() * 10_000 > prices.get(2) * 10_050) {
                    long excessBp = deal.price() * 10_000 / prices.get(2) - 10_000;
                    breaches.add(new Breach(key, deal.buyerId(), deal.paidAt(), excessBp));
                }
            }
        });
        return breaches;
    }

    /** When an alert opens first, by key: a spike, or a breach by two buyers within 24 hours. */
    private static Map<String, Long> openings(List<Breach> breaches) {
        Map<String, Long> opened = new TreeMap<>();
        for (Breach breach : breaches) {
            boolean confirmed = breaches.stream()
                    .anyMatch(earlier -> earlier.key().equals(breach.key())
                            && !earlier.buyerId().equals(breach.buyerId())
                            && earlier.at() < breach.at()
                            && breach.at() - earlier.at() < DAY_MS);
            if (breach.excessBp() >= 2000 || confirmed) {
                opened.merge(breach.key(), breach.at(), Long::min);
            }
        }
        return opened;
    }

    private static int count(Market market) {
        int count = 0;
        for (Iterator<Traffic> events = market.iterator(); events.hasNext(); events.next()) {
            count++;
        }
        return count;
    }

    private static String digest(Market market) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (Traffic traffic : market) {
            digest.update(traffic.toString().getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
