package io.touchstone.io;

import io.touchstone.config.Options.DatabaseOptions;
import io.touchstone.config.Options.SslMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.ssl.DefaultJavaSSLFactory;

/** The database of the sink tables. */
public final class Database {
    private Database() {}

    /** A new connection, in transactions that its owner commits; the password is read now. */
    public static Connection open(DatabaseOptions database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        database.password().read().ifPresent(password -> properties.setProperty("password", password));
        if (database.sslMode() == SslMode.VERIFY_FULL) {
            properties.setProperty("sslmode", "verify-full");
            if (database.caFile() == null) {
                properties.setProperty("sslfactory", DefaultJavaSSLFactory.class.getName());
            } else {
                properties.setProperty("sslrootcert", database.caFile());
            }
        } else {
            properties.setProperty("sslmode", "disable");
        }
        properties.setProperty("ApplicationName", "touchstone");
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "60");
        // Not by the manager of drivers: it only knows those of the first job in a task manager.
        Connection connection = new Driver().connect(database.url(), properties);
        if (connection == null) {
            throw new SQLException("database.url " + database.url() + " is no address of PostgreSQL");
        }
        connection.setAutoCommit(false);
        return connection;
    }
}
