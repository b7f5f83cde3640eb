package io.touchstone.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Exposure;
import io.touchstone.policy.QualityPolicy;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QualityPolicyTest {
    private static final Exposure EXPOSURE = Exposure.of(0, 0, 5, 1000);
    private static final ClassPolicy GOOD = new ClassPolicy(300, 150, 50, 400, EXPOSURE);

    @Test
    void aCategoryReplacesTheNumbersOfItsFactories() {
        QualityPolicy policy = with(Map.of(), Map.of("c1", withQuality(new ClassPolicy(450, 150, 50, 400, EXPOSURE))));
        assertThat(policy.classesOf("c1").get(DefectClass.QUALITY).standardBp()).isEqualTo(450);
        assertThat(policy.classesOf("c2").get(DefectClass.QUALITY).standardBp()).isEqualTo(300);
        assertThat(policy.classesOf(null)).isEqualTo(policy.classes());
    }

    @Test
    void namesKeyValueAndRangeOfWhatIsWrong() {
        refuses(
                withQuality(new ClassPolicy(5000, 150, 50, 400, EXPOSURE)),
                "quality.classes.QUALITY.standard_bp is 5000, but has to be 1 to 4999");
        refuses(withQuality(new ClassPolicy(300, 0, 50, 400, EXPOSURE)), "quality.classes.QUALITY.mean_bp is 0");
        refuses(withQuality(new ClassPolicy(300, 150, 0, 400, EXPOSURE)), "quality.classes.QUALITY.strength is 0");
        refuses(withQuality(new ClassPolicy(300, 150, 50, 399, EXPOSURE)), "weights together is 999");
        refuses(withQuality(new ClassPolicy(300, 150, 50, 400, Exposure.of(1, 0))), "QUALITY.exposure is {1=0}");
        refuses(withQuality(new ClassPolicy(300, 150, 50, 400, Exposure.of(0, 5, 1, 4))), "never fall");
        refuses(withQuality(new ClassPolicy(300, 150, 50, 400, Exposure.of(0, 1001))), "0 to 1000");
        assertThatThrownBy(() -> with(Map.of(), Map.of("c1", withQuality(new ClassPolicy(0, 1, 1, 400, EXPOSURE)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("quality.categories.c1.QUALITY.standard_bp is 0");
        assertThatThrownBy(() -> new QualityPolicy(29, 168, 120, 168, QualityPolicy.DEFAULT.classes(), Map.of()))
                .hasMessageContaining("quality.window_days is 29, but has to be 30 to 60");
        assertThatThrownBy(() -> new QualityPolicy(60, 168, 7, 168, QualityPolicy.DEFAULT.classes(), Map.of()))
                .hasMessageContaining("quality.order_retention_days is 7, but has to be 8 to 400");
    }

    private static void refuses(Map<DefectClass, ClassPolicy> classes, String message) {
        assertThatThrownBy(() -> with(classes, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static Map<DefectClass, ClassPolicy> withQuality(ClassPolicy policy) {
        Map<DefectClass, ClassPolicy> classes = new EnumMap<>(QualityPolicy.DEFAULT.classes());
        classes.put(DefectClass.QUALITY, policy);
        return classes;
    }

    private static QualityPolicy with(
            Map<DefectClass, ClassPolicy> classes, Map<String, Map<DefectClass, ClassPolicy>> categories) {
        return new QualityPolicy(60, 168, 120, 168, classes.isEmpty() ? withQuality(GOOD) : classes, categories);
    }
}
