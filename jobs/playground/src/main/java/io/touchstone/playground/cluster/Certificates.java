package io.touchstone.playground.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * An authority of the cluster's own and what it signed, made by {@code keytool} at the first secure start: a certificate per server,
 * good for the address 127.0.0.1 and for no name, not even localhost.
 */
final class Certificates {
    private static final List<String> SERVERS = List.of(BrokerServer.NAME, DatabaseServer.NAME);
    private static final String AUTHORITY = "authority";
    private static final String DAYS = "3650";

    private Certificates() {}

    /** PEM: who vouches for the servers; what clients have to trust. */
    static Path authority(ClusterFolder folder) {
        return folder.secrets().resolve("authority.pem");
    }

    /** PEM: a server's private key, and its certificate. */
    static Path identity(ClusterFolder folder, String server) {
        return folder.secrets().resolve(server + ".pem");
    }

    /** Who a server is when it shows its certificate. */
    static String principal(String server) {
        return "CN=touchstone-" + server;
    }

    /** Makes all of them, unless they are there. */
    static void prepare(ClusterFolder folder) throws IOException {
        if (Files.exists(authority(folder))) {
            return;
        }
        Path store = folder.secrets().resolve("certificates.p12");
        Files.deleteIfExists(store);
        generate(folder, store, AUTHORITY, "bc:c=ca:true,pathlen:0", "ku:c=keyCertSign");
        for (String server : SERVERS) {
            generate(folder, store, server, "san=ip:127.0.0.1", "ku:c=digitalSignature", "eku=serverAuth,clientAuth");
        }
        try (InputStream in = Files.newInputStream(store)) {
            char[] password = Files.readString(password(folder)).toCharArray();
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password);
            for (String server : SERVERS) {
                write(
                        identity(folder, server),
                        pem("PRIVATE KEY", keys.getKey(server, password).getEncoded())
                                + pem("CERTIFICATE", keys.getCertificate(server).getEncoded()));
            }
            // The last one: where it is, all are.
            write(
                    authority(folder),
                    pem("CERTIFICATE", keys.getCertificate(AUTHORITY).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates of " + folder.root() + " cannot be read", e);
        }
        // Nobody signs anything with it again.
        Files.delete(store);
    }

    private static Path password(ClusterFolder folder) throws IOException {
        return folder.secret("certificates");
    }

    private static void generate(ClusterFolder folder, Path store, String alias, String... extensions)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass:file",
                password(folder).toString(),
                "-alias",
                alias,
                "-dname",
                principal(alias),
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                DAYS));
        if (!alias.equals(AUTHORITY)) {
            command.addAll(List.of("-signer", AUTHORITY));
        }
        for (String extension : extensions) {
            command.addAll(List.of("-ext", extension));
        }
        Run.toEnd(folder, "keytool", command, Map.of());
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what
                + "-----\n";
    }

    /** Only its owner ever reads it, and never half of it. */
    private static void write(Path file, String text) throws IOException {
        Path next = Files.createTempFile(
                file.getParent(),
                "",
                ".next",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
