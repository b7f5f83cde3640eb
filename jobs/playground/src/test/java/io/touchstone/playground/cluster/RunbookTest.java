package io.touchstone.playground.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.Reconcile;
import io.touchstone.desk.Alerts;
import io.touchstone.desk.Forward;
import io.touchstone.desk.Report;
import io.touchstone.playground.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the runbook tells people to do can be done. */
class RunbookTest {
    private static final Pattern QUERY = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);
    private static final Pattern COMMAND = Pattern.compile("scripts/(\\w+)([^`\n]*)");
    private static final Pattern OPTION = Pattern.compile("--[a-z-]+");

    private static final Map<String, Object> PROGRAMS = Map.of(
            "alerts", new Alerts(),
            "forward", new Forward(),
            "report", new Report(),
            "cluster", new Cluster(),
            "deploy", new Deploy(),
            "export", new Export(),
            "reconcile", new Reconcile(),
            "replay", new Replay(),
            "topics", new TopicsCommand());

    private static List<MatchResult> find(Pattern pattern) throws IOException {
        String runbook = Files.readString(ClusterFolder.home().resolve("RUNBOOK.md"));
        return pattern.matcher(runbook).results().toList();
    }

    @Test
    void namesScriptsAndOptionsThatExist() throws IOException {
        List<MatchResult> commands = find(COMMAND);
        assertThat(commands).hasSizeGreaterThan(10);
        for (MatchResult command : commands) {
            String script = command.group(1);
            assertThat(ClusterFolder.home().resolve("scripts").resolve(script)).isExecutable();
            assertThat(PROGRAMS).containsKey(script);
            CommandLine program = new CommandLine(PROGRAMS.get(script));
            StringBuilder usage = new StringBuilder(program.getUsageMessage());
            program.getSubcommands().values().forEach(part -> usage.append(part.getUsageMessage()));
            OPTION.matcher(command.group(2))
                    .results()
                    .forEach(option -> assertThat(usage).as(command.group()).contains(option.group()));
        }
    }

    @Test
    void asksQueriesThatTheDatabaseAnswers() throws Exception {
        List<MatchResult> queries = find(QUERY);
        assertThat(queries).hasSize(5);
        try (Postgres postgres = Postgres.launch()) {
            postgres.migrate();
            try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "");
                    Statement statement = connection.createStatement()) {
                for (MatchResult query : queries) {
                    statement.executeQuery(query.group(1)).close();
                }
            }
        }
    }

    @Test
    void hasASectionForEveryKindOfAlert() throws IOException {
        assertThat(find(Pattern.compile("### ([A-Z_]+)\n")).stream().map(heading -> heading.group(1)))
                .containsExactly("PRICE_BREACH", "DEMOTION", "UNSTABLE_QUALITY", "COHORT_DISPARITY");
    }
}
