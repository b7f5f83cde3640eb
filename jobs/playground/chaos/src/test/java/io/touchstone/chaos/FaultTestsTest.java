package io.touchstone.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class FaultTestsTest {
    @Test
    void haveEachAnIdAMutantAndLessThanTenMinutes() {
        assertThat(FaultTests.ids()).doesNotHaveDuplicates().isSorted();
        assertThat(FaultTests.ALL).extracting(FaultTest::description).allSatisfy(test -> {
            assertThat(test.id()).matches("R\\d\\d");
            assertThat(test.mutant()).isNotBlank();
            assertThat(test.minutes()).isBetween(1, 9);
            assertThat(test.gate()).isEqualTo(FaultTests.GATE.contains(test.id()));
        });
    }

    @Test
    void areListedAndChosenByIdOrGate() {
        assertThat(said("--list")).contains("R01  gate").contains("R05");
        assertThat(said("--list", "--only", "R05")).contains("R05").doesNotContain("R01");
        assertThat(said("--list", "--gate")).doesNotContain("R05");
        assertThat(said("--list", "--only", "R99")).contains("--only R99 is no test");
        assertThat(said("--scale", "2")).contains("--scale is 2.0, but has to be above 0 and up to 1");
    }

    private static String said(String... arguments) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        new CommandLine(new Chaos()).setOut(out).setErr(out).execute(arguments);
        return said.toString();
    }
}
