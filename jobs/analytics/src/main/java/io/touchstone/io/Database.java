package io.touchstone.io;

import io.touchstone.config.Options.DatabaseOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** The database of the sink tables. */
public final class Database {
    private Database() {}

    /** A new connection, in transactions that its owner commits; the password is read now. */
    public static Connection open(DatabaseOptions database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        database.password().read().ifPresent(password -> properties.setProperty("password", password));
        properties.setProperty("ApplicationName", "touchstone");
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "60");
        Connection connection = DriverManager.getConnection(database.url(), properties);
        connection.setAutoCommit(false);
        return connection;
    }
}
