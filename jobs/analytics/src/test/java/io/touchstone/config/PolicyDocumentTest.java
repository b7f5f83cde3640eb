package io.touchstone.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PricePolicy;
import io.touchstone.policy.QualityPolicy;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyDocumentTest {
    private static final long AT = 1_800_000_000_000L;

    private static PolicyChange read(String json) {
        return PolicyDocument.read(json, Policy.DEFAULT);
    }

    @Test
    void anAbsentKeyHasItsDefault() {
        PolicyChange change = read("""
                {"version": "v2", "effective_from": 1800000000000, "price": {"tolerance_bp": 10},
                 "quality": {"classes": {"QUALITY": {"standard_bp": 250}}}}""");
        assertThat(change.effectiveFrom()).isEqualTo(AT);
        assertThat(change.policy().version()).isEqualTo("v2");
        assertThat(change.policy().price())
                .isEqualTo(new PricePolicy(List.of(1L, 3L, 10L, 50L, 200L, 1000L), 3, 365, 10, 20));
        Map<DefectClass, ClassPolicy> classes = change.policy().quality().classes();
        assertThat(classes.get(DefectClass.QUALITY).standardBp()).isEqualTo(250);
        assertThat(classes.get(DefectClass.FULFILMENT))
                .isEqualTo(QualityPolicy.DEFAULT.classes().get(DefectClass.FULFILMENT));
    }

    @Test
    void whatCannotChangeIsByDefaultWhatTheJobWasStartedWith() {
        Policy start = new Policy(
                "v1",
                ZoneId.of("UTC"),
                new PricePolicy(List.of(1L, 5L), 2, 10, 1, 1),
                new QualityPolicy(45, 24, 30, 48, QualityPolicy.DEFAULT.classes(), Map.of()));
        Policy policy = PolicyDocument.read("{\"version\": \"v2\", \"effective_from\": 1800000000000}", start)
                .policy();
        assertThat(policy)
                .isEqualTo(new Policy(
                        "v2",
                        ZoneId.of("UTC"),
                        new PricePolicy(List.of(1L, 5L), 2, 365, 50, 20),
                        new QualityPolicy(45, 24, 30, 48, QualityPolicy.DEFAULT.classes(), Map.of())));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"version": "v2"}                                                  | effective_from is absent, but has to be epoch ms
            {"effective_from": 1800000000000}                                  | version is absent, but has to be a text
            {"version": " ", "effective_from": 1800000000000}                  | version is " "
            {"version": 2, "effective_from": 1800000000000}                    | version is 2, but has to be a text
            {"version": "v2", "effective_from": "2027-01-01"}                  | effective_from is "2027-01-01"
            {"version": "v2", "effective_from": 1.8e12}                        | effective_from is 1.8E12
            {"version": "v2", "effective_from": -1}                            | effective_from is -1
            {"version": "v2", "effective_from": 1800000000000, "prise": {}}    | unknown key prise; the nearest known key is price
            {"version": "v2", "effective_from": 1800000000000, "price": {"tolerance_bp": -1}} | price.tolerance_bp is -1, but has to be 0 to 10000
            {"version": "v2", "effective_from": 1800000000000, "quality": {"classes": {"QUALITY": {"weight": 399}}}} | weights together is 999
            {"version": "v2", "version": "v3", "effective_from": 1800000000000} | Duplicate field 'version'
            """)
    void namesWhatIsWrong(String json, String message) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("policy: ")
                .hasMessageContaining(message);
    }
}
