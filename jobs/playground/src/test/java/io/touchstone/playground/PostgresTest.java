package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresTest {
    @Test
    void keepsItsRowsFromStopToStart(@TempDir Path migrations) throws Exception {
        Files.writeString(
                migrations.resolve("V1__price.sql"),
                "CREATE TABLE price (sku text PRIMARY KEY, micros bigint NOT NULL); INSERT INTO price VALUES ('a',"
                        + " 1);");
        Path folder;
        try (Postgres postgres = Postgres.launch()) {
            folder = postgres.folder();
            assertThat(postgres.migrate("filesystem:" + migrations)).isEqualTo(1);
            assertThat(postgres.migrate("filesystem:" + migrations)).isZero();
            execute(postgres, "INSERT INTO price VALUES ('袜子', 2)");

            String url = postgres.jdbcUrl();
            postgres.stop();
            assertThatThrownBy(() -> sum(postgres)).isInstanceOf(SQLException.class);

            postgres.start();
            assertThat(postgres.jdbcUrl()).isEqualTo(url);
            assertThat(sum(postgres)).isEqualTo(3);
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void servesAFolderThatStays(@TempDir Path folder) throws Exception {
        try (Postgres postgres = Postgres.launch(folder, 0)) {
            execute(postgres, "CREATE TABLE price (micros bigint)");
            execute(postgres, "INSERT INTO price VALUES (5)");
        }
        try (Postgres postgres = Postgres.launch(folder, 0)) {
            assertThat(sum(postgres)).isEqualTo(5);
        }
        assertThat(folder.resolve("server.log")).isNotEmptyFile();
    }

    @Test
    void namesAPortThatIsInUse() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> Postgres.launch(other.getLocalPort()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("port " + other.getLocalPort())
                    .hasMessageContaining("in use");
        }
    }

    private static long sum(Postgres postgres) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT sum(micros) FROM price")) {
            result.next();
            return result.getLong(1);
        }
    }

    private static void execute(Postgres postgres, String sql) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection connect(Postgres postgres) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "");
    }
}
