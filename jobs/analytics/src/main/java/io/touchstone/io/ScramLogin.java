package io.touchstone.io;

import io.touchstone.config.Secret;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.scram.ScramExtensionsCallback;

/**
 * Tells Kafka's clients who logs in, and reads the password where the client runs, at each login: so no configuration, and no job
 * graph, has it.
 */
public final class ScramLogin implements AuthenticateCallbackHandler {
    static final String USER = "username";
    static final String VARIABLE = "password_variable";
    static final String FILE = "password_file";

    private String user;
    private Secret password;

    @Override
    public void configure(Map<String, ?> configuration, String mechanism, List<AppConfigurationEntry> logins) {
        Map<String, ?> login = logins.get(0).getOptions();
        user = (String) login.get(USER);
        password = new Secret((String) login.get(VARIABLE), (String) login.get(FILE));
        // A client that cannot log in had better not start.
        password.readOrFail(user);
    }

    @Override
    public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                name.setName(user);
            } else if (callback instanceof PasswordCallback secret) {
                secret.setPassword(password.readOrFail(user).toCharArray());
            } else if (!(callback instanceof ScramExtensionsCallback)) {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
