package io.touchstone.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.state.Packed;
import io.touchstone.state.ReleasedState;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What releases kept of changes of the policy is read by today's program, and looks as it did. */
class PolicyStateTest {
    private final ReleasedState<PolicyChange> changes =
            new ReleasedState<>("policy-change", PolicyChange::write, PolicyChange::read);

    @Test
    void changesComeBack() {
        Map<DefectClass, ClassPolicy> classes = new EnumMap<>(QualityPolicy.DEFAULT.classes());
        classes.put(DefectClass.QUALITY, new ClassPolicy(4999, 5000, 1_000_000, 400, Exposure.of(0, 1, 89, 1000)));
        Map<String, PolicyChange> values = new LinkedHashMap<>();
        values.put("as-shipped", new PolicyChange(0, Policy.DEFAULT));
        values.put(
                "everything",
                new PolicyChange(
                        1_709_265_600_123L,
                        new Policy(
                                "更严-2",
                                ZoneId.of("Europe/Dublin"),
                                new PricePolicy(List.of(1L, 1L << 40), 10, 3650, 0, 1000),
                                new QualityPolicy(
                                        30,
                                        1440,
                                        400,
                                        1,
                                        QualityPolicy.DEFAULT.classes(),
                                        Map.of("袜子", classes, "toys", QualityPolicy.DEFAULT.classes())))));
        changes.isReadAsItWasWritten(values, change -> change);
        changes.refusesWhatIsNewer("63", "a policy of version 99 is newer than this program");
    }

    /** A policy that was kept before there was a class: the class is as shipped, all others as they were. */
    @Test
    void aClassThatAPolicyLacksIsAsShipped() throws IOException {
        byte[] lacking = withClasses(Map.of("QUALITY", 400, "NEGATIVE_REVIEW", 200, "FULFILMENT", 200));
        Map<DefectClass, ClassPolicy> classes =
                changes.read(lacking).policy().quality().classes();
        assertThat(classes).containsOnlyKeys(DefectClass.values());
        assertThat(classes.get(DefectClass.QUALITY).standardBp()).isEqualTo(123);
        assertThat(classes.get(DefectClass.AFTER_SALES))
                .isEqualTo(QualityPolicy.DEFAULT.classes().get(DefectClass.AFTER_SALES));
    }

    @Test
    void aClassThatOnlyALaterProgramKnowsIsRefused() throws IOException {
        byte[] newer = withClasses(Map.of("PACKAGING", 1000));
        assertThatThrownBy(() -> changes.read(newer))
                .hasStackTraceContaining("numbers of class PACKAGING, which is newer than this program");
    }

    /** A change as it is kept, with classes of these weights. */
    private static byte[] withClasses(Map<String, Integer> weights) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(1);
        Packed.writeSigned(0, out);
        Packed.writeString("v2", out);
        Packed.writeString("Asia/Shanghai", out);
        writeNumbers(out, 1, 1, 3, 365, 50, 20);
        writeNumbers(out, 60, 168, 120, 168);
        writeNumbers(out, weights.size());
        for (Map.Entry<String, Integer> weight : weights.entrySet()) {
            Packed.writeString(weight.getKey(), out);
            writeNumbers(out, 123, 100, 50, weight.getValue(), 1, 0, 1000);
        }
        writeNumbers(out, 0);
        return bytes.toByteArray();
    }

    private static void writeNumbers(DataOutputStream out, long... numbers) throws IOException {
        for (long number : numbers) {
            Packed.writeUnsigned(number, out);
        }
    }
}
