package io.touchstone.desk.forward;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A receiver of HTTP on a free port of this machine, as bad as its conduct. */
final class Receiver implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    /** Answers a request, or does not. */
    interface Conduct {
        void answer(HttpExchange exchange, Request request) throws IOException;
    }

    /**
     * What came in.
     *
     * @param key header Idempotency-Key, null without
     * @param number of the request, from 1
     */
    record Request(int number, String path, String key, String authorization, JsonNode body) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    private Receiver(Conduct conduct) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            Request request = new Request(
                    requests.size() + 1,
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    JSON.readTree(exchange.getRequestBody()));
            requests.add(request);
            conduct.answer(exchange, request);
        });
        server.start();
    }

    static Receiver that(Conduct conduct) throws IOException {
        return new Receiver(conduct);
    }

    /** One that takes everything. */
    static Receiver good() throws IOException {
        return that((exchange, request) -> answer(exchange, 200, ""));
    }

    static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/in";
    }

    List<Request> requests() {
        return requests;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
