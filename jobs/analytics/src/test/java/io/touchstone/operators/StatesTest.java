package io.touchstone.operators;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.touchstone.market.Arrival;
import io.touchstone.market.Origin;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.price.KeyedLines;
import io.touchstone.quality.BuyerDay;
import io.touchstone.quality.Fact;
import io.touchstone.quality.OrderNews;
import io.touchstone.quality.Spells;
import io.touchstone.state.ReleasedState;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.TaskInfoImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupStatePartitionStreamProvider;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.KeyedStateCheckpointOutputStream;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorBackendSerializationProxy;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory.MemoryCheckpointOutputStream;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Everything that is kept, by operator, and in which form: {@code states.txt} lists it, {@code state} has its bytes of every release. */
class StatesTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.touchstone");
    private static final Policy POLICY = Policy.DEFAULT;

    /** Packages of what is kept. */
    private static final Set<String> KEPT =
            Set.of("io.touchstone.market", "io.touchstone.policy", "io.touchstone.price", "io.touchstone.quality");

    /** State has the names of these, or nothing of them. */
    private static final Set<String> NOT_KEPT = Set.of("Channel", "DeadLetter$Reason", "QualityAlert$Kind");

    /** A line of {@code states.txt}: the form is the name of a file of fixtures, or {@code flink} where Flink has its own. */
    private record State(String uid, String name, String form) {}

    private static List<State> listed() throws IOException {
        return Files.readAllLines(Path.of("src/test/resources/states.txt")).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" "))
                .map(parts -> new State(parts[0], parts[1], parts[2]))
                .toList();
    }

    @Test
    void everyStateOfAnOperatorIsListed() throws Exception {
        Map<String, Set<String>> found = new TreeMap<>();
        PriceFloorOperator floors = new PriceFloorOperator(new PolicyTimeline(POLICY), Long.MAX_VALUE);
        found.put("keep-price-floors", states(new PolicyBoundHarness<>(floors, KeyedLines::subject, Types.STRING)));
        FactoryLedgersOperator ledgers = new FactoryLedgersOperator(new PolicyTimeline(POLICY), Long.MAX_VALUE);
        found.put(
                "keep-factory-ledgers",
                states(new PolicyBoundHarness<>(ledgers, fact -> fact.buyerDay().factoryId(), Types.STRING)));
        OrderRecordsOperator records = new OrderRecordsOperator(POLICY, Long.MAX_VALUE);
        found.put(
                "keep-order-records",
                states(new KeyedOneInputStreamOperatorTestHarness<>(records, OrderRecordsOperator::bucket, Types.INT)));
        found.put(
                "accept-policies",
                states(new OneInputStreamOperatorTestHarness<Arrival<PolicyChange>, PolicyChange>(
                        new ProcessOperator<>(new AcceptPolicies(POLICY)))));

        Map<String, Set<String>> listed = new TreeMap<>();
        for (State state : listed()) {
            if (Stream.of("write-", "count-", "keep-clock-of-").noneMatch(state.uid::startsWith)) {
                listed.computeIfAbsent(state.uid, uid -> new TreeSet<>()).add(state.name);
            }
        }
        assertThat(found).isEqualTo(listed);
    }

    /** The names under which a snapshot keeps something. */
    private static Set<String> states(AbstractStreamOperatorTestHarness<?> harness) throws Exception {
        Set<String> names = new TreeSet<>();
        try (harness) {
            harness.setup();
            harness.open();
            OperatorSubtaskState snapshot = harness.snapshot(1, 1);
            for (KeyedStateHandle keyed : snapshot.getManagedKeyedState()) {
                var proxy = new KeyedBackendSerializationProxy<>(StatesTest.class.getClassLoader());
                names.addAll(read((StreamStateHandle) keyed, proxy::read, proxy::getStateMetaInfoSnapshots));
            }
            for (OperatorStateHandle operator : snapshot.getManagedOperatorState()) {
                var proxy = new OperatorBackendSerializationProxy(StatesTest.class.getClassLoader());
                names.addAll(read(operator, proxy::read, proxy::getOperatorStateMetaInfoSnapshots));
                names.addAll(read(operator, in -> {}, proxy::getBroadcastStateMetaInfoSnapshots));
            }
            if (!snapshot.getRawKeyedState().isEmpty()) {
                names.add("event-time-buffer");
            }
        }
        return names;
    }

    private interface Reading {
        void read(DataInputViewStreamWrapper in) throws IOException;
    }

    private interface Found {
        List<StateMetaInfoSnapshot> names();
    }

    private static Set<String> read(StreamStateHandle handle, Reading reading, Found found) throws IOException {
        try (InputStream in = handle.openInputStream()) {
            reading.read(new DataInputViewStreamWrapper(in));
        }
        return found.names().stream().map(StateMetaInfoSnapshot::getName).collect(Collectors.toSet());
    }

    /** What is not listed here keeps nothing; whoever comes to this list comes to the test above, too. */
    @Test
    void nobodyElseKeepsAnything() {
        assertThat(keepers("org.apache.flink.api.common.state."))
                .containsExactlyInAnyOrder(
                        "AcceptPolicies",
                        "AlertCounts",
                        "ClockKeeper",
                        "EntriesInState",
                        "FactoryLedgersOperator",
                        "OrderRecordsOperator",
                        "PolicyBoundOperator",
                        "PriceFloorOperator",
                        "WriteBackCache");
        assertThat(MAIN.stream()
                        .filter(type -> type.isAssignableTo(SimpleVersionedSerializer.class))
                        .map(JavaClass::getSimpleName))
                .as("a backtest takes no checkpoints, so that its source keeps nothing")
                .containsExactlyInAnyOrder("TableRowSerializer", "WholeSerializer", "NoCheckpoints");
    }

    private static Set<String> keepers(String states) {
        return MAIN.stream()
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency ->
                                dependency.getTargetClass().getName().startsWith(states)))
                .map(type -> type.getName().replaceFirst("\\$.*", "").replaceFirst(".*\\.", ""))
                .collect(Collectors.toSet());
    }

    @Test
    void everyFormHasItsBytes() throws IOException {
        Set<String> forms = listed().stream().map(State::form).collect(Collectors.toCollection(TreeSet::new));
        forms.remove("flink");
        Set<String> files = new TreeSet<>();
        for (Path release : ReleasedState.releases()) {
            try (Stream<Path> names = Files.list(release)) {
                names.forEach(
                        file -> files.add(file.getFileName().toString().replaceFirst("(-version-\\d+)?\\.hex", "")));
            }
        }
        assertThat(files).isEqualTo(forms);
    }

    /** State has the numbers of symbols: these never change, and new symbols come last. */
    @Test
    void symbolsInStateOnlyGrowAtTheEnd() throws IOException {
        Map<String, List<String>> listed = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("src/test/resources/symbols.txt"))) {
            if (!line.startsWith("#")) {
                List<String> words = List.of(line.split(" "));
                listed.put(words.get(0), words.subList(1, words.size()));
            }
        }
        Map<String, List<String>> today = new TreeMap<>();
        for (JavaClass type : MAIN) {
            for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
                JavaClass symbols = call.getTargetOwner();
                // Whoever reads a number looks among all symbols; so does a switch, but in a class without a name.
                if (call.getName().equals("values")
                        && symbols.isEnum()
                        && !symbols.equals(type)
                        && !type.getName().matches(".*\\$\\d+")
                        && KEPT.contains(symbols.getPackageName())) {
                    today.put(
                            symbols.getName().replaceFirst(".*\\.", ""),
                            Arrays.stream(symbols.reflect().getEnumConstants())
                                    .map(symbol -> ((Enum<?>) symbol).name())
                                    .toList());
                }
            }
        }
        today.keySet().removeAll(NOT_KEPT);
        assertThat(today).isNotEmpty().isEqualTo(listed);
    }

    @Test
    void thereIsRoomForMoreSymbols() {
        assertThat(DefectClass.values()).as("a bit each of a byte").hasSizeLessThanOrEqualTo(8);
        assertThat(ReviewEvent.Topic.values()).as("a bit each of a byte").hasSizeLessThanOrEqualTo(8);
        assertThat(ReturnEvent.Reason.values()).as("four bits, see ReturnStep").hasSizeLessThanOrEqualTo(16);
        assertThat(ReturnEvent.Liable.values()).as("three bits, one for none").hasSizeLessThanOrEqualTo(7);
        assertThat(ReviewEvent.Stage.values()).as("five bits, see ReviewStep").hasSizeLessThanOrEqualTo(32);
        assertThat(Segment.values()).as("seven bits, see CohortDay").hasSizeLessThanOrEqualTo(128);
    }

    @Test
    void whatWaitsForTheWatermarkComesBack() throws IOException {
        EventTimeBuffer<String, Fact> buffer = buffer();
        buffer.add(fact("o1", 1_709_265_600_000L));
        buffer.add(fact("订单-2", 1_709_265_600_001L));
        buffer.add(fact("o3", 1_709_265_700_000L));
        var kept = new ReleasedState<EventTimeBuffer<String, Fact>>(
                "event-time-buffer", (value, out) -> out.write(snapshot(value)), in -> {
                    EventTimeBuffer<String, Fact> value = buffer();
                    value.restore(List.of(new KeyGroupStatePartitionStreamProvider((InputStream) in, 0)));
                    return value;
                });
        Map<String, EventTimeBuffer<String, Fact>> buffers = new LinkedHashMap<>();
        buffers.put("nothing", buffer());
        buffers.put("three-facts", buffer);
        kept.isReadAsItWasWritten(buffers, value -> List.of(value.size(), value.first(), drain(value)));
        kept.refusesWhatIsNewer("63", "a buffer of version 99 is newer than this program");
        assertThat(kept.read(kept.pack(buffer())).takenThrough()).isEqualTo(1_709_265_500_000L);
    }

    private static Map<String, List<Fact>> drain(EventTimeBuffer<String, Fact> buffer) {
        try {
            return buffer.drain(Long.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static EventTimeBuffer<String, Fact> buffer() {
        return new EventTimeBuffer<>(
                new TaskInfoImpl("task", 1, 0, 1, 0),
                fact -> fact.buyerDay().factoryId(),
                Fact::instant,
                Fact::write,
                Fact::read);
    }

    private static Fact fact(String orderId, long instant) {
        return new Fact(instant, orderId, unit(), 1, Set.of(), new Spells(Map.of()), null);
    }

    private static BuyerDay unit() {
        return new BuyerDay("F-1", 19783, Segment.CONSUMER, "袜子", "买家-1");
    }

    private static byte[] snapshot(EventTimeBuffer<String, Fact> buffer) throws IOException {
        try (MemoryCheckpointOutputStream bytes = new MemoryCheckpointOutputStream(10_000)) {
            buffer.snapshot(new KeyedStateCheckpointOutputStream(bytes, KeyGroupRange.of(0, 0)), 1_709_265_500_000L);
            return bytes.closeAndGetBytes();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Test
    void newsThatWaitsForItsOrderComesBack() {
        Origin origin = new Origin("returns", 3, 41, new byte[] {7});
        ReturnEvent opened = new ReturnEvent(
                "e1", "r1", "o1", ReturnEvent.Stage.OPENED, 1_709_265_600_000L, ReturnEvent.Reason.QUALITY, null);
        ReviewEvent posted = new ReviewEvent(
                "e2", "v1", "o1", ReviewEvent.Stage.POSTED, 1_709_265_600_001L, 1, Set.of(ReviewEvent.Topic.PRODUCT));
        Map<String, List<OrderNews>> waiting = new LinkedHashMap<>();
        waiting.put("return", List.of(OrderNews.of(opened, origin)));
        waiting.put("return-and-review", List.of(OrderNews.of(opened, origin), OrderNews.of(posted, origin)));
        var kept = new ReleasedState<List<OrderNews>>(
                "waiting-for-orders", OrderRecordsOperator::writeWaiting, OrderRecordsOperator::readWaiting);
        kept.isReadAsItWasWritten(
                waiting,
                news -> news.stream()
                        .map(one ->
                                List.of(one.orderId(), one.time(), one.origin().offset(), one.step() != null))
                        .toList());
        kept.refusesWhatIsNewer("ffffff9d", "of a form that is newer than this program");
    }

    /** State is found by these for as long as it is kept. */
    @Test
    void keysNeverChange() {
        assertThat(EntriesInState.entry(unit())).isEqualTo("2袜子\0买家-1");
        assertThat(EntriesInState.mark(DefectClass.AFTER_SALES)).isEqualTo('3');
        OrderNews news = OrderNews.of(
                new ReviewEvent("e2", "v1", "订单-1", ReviewEvent.Stage.REMOVED, 1_709_265_600_001L, 1, Set.of()), null);
        assertThat(OrderRecordsOperator.bucket(news)).isEqualTo(Math.floorMod("订单-1".hashCode(), 1024));
    }
}
