package io.touchstone.desk.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is committed is read back, and what cannot be makes more to be sent, not less. */
class MarkTest {
    @Test
    void isReadBack() {
        Mark mark = new Mark(7, "abc", 5, Set.of("a b", "\u4e49"), Map.of("c\"", 12L));
        assertThat(Mark.parse(mark.text())).isEqualTo(mark);
        assertThat(mark.isPending("a b")).isTrue();
        assertThat(mark.isPending("c\"")).isFalse();
    }

    @Test
    void isNeverTooLong() {
        Map<String, Long> targets = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            targets.put("target" + i, Long.MAX_VALUE);
        }
        Mark mark = Mark.parse(new Mark(7, "abc", 5, targets.keySet(), targets).text());
        assertThat(mark.targets()).isEmpty();
        assertThat(mark.isPending("target3")).isTrue();
        assertThat(new Mark(7, "abc", 5, Set.of(), targets).text().length()).isLessThan(4096);
    }

    @Test
    void knowsNothingOfWhatIsNone() {
        assertThat(Mark.parse("silences released through 9")).isEqualTo(new Mark(9, "", 0, Set.of(), Map.of()));
        for (String text : new String[] {null, "", "x", "{"}) {
            assertThat(Mark.parse(text)).isEqualTo(new Mark(0, "", 0, Set.of(), Map.of()));
        }
    }
}
