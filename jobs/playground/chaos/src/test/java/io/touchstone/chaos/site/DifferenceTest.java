package io.touchstone.chaos.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DifferenceTest {
    @TempDir
    private Path temp;

    @Test
    void isNoneWhateverTheOrder() {
        assertThat(Difference.of(List.of("a", "b", "a"), List.of("a", "a", "b")).isEmpty())
                .isTrue();
    }

    @Test
    void countsWhatIsMissingAndWhatIsExtraRepetitionsIncluded() {
        Difference difference = Difference.of(List.of("a", "b", "b", "c"), List.of("a", "a", "b", "d"));
        assertThat(difference.missing()).isEqualTo(2);
        assertThat(difference.extra()).isEqualTo(2);
        assertThat(difference.examples()).containsExactlyInAnyOrder("+ a", "+ d", "- b", "- c");
    }

    @Test
    void comparesFilesLineByLine() throws IOException {
        Path expected = Files.writeString(temp.resolve("expected"), "key,value\n1,2\n");
        Path actual = Files.writeString(temp.resolve("actual"), "key,value\n1,3\n");
        assertThat(Difference.of(expected, actual)).hasToString("1 missing, 1 not expected, such as [+ 1,3, - 1,2]");
    }
}
