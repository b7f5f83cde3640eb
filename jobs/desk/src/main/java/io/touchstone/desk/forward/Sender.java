package io.touchstone.desk.forward;

import io.touchstone.config.ConfigException;
import io.touchstone.config.Secret;
import io.touchstone.io.AlertMessage;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends to one target over HTTP, one request at a time. Secrets are read for each, so that new ones act at once. */
final class Sender {
    /** However long a receiver asks to wait. */
    private static final long LONGEST_WISH_MS = TimeUnit.HOURS.toMillis(1);

    private final Target target;
    private final InstantSource clock;
    private final HttpClient http;

    Sender(Target target, InstantSource clock) {
        this.target = target;
        this.clock = clock;
        http = HttpClient.newBuilder()
                // A receiver that fails in the middle of an upgrade would be nothing but confusing.
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(target.timeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /**
     * A secret, read now.
     *
     * @throws ConfigException saying which target lacks it, and where it was looked for
     */
    static String read(Target target, Secret secret) {
        try {
            return secret.read()
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .orElseThrow(() -> new ConfigException("targets." + target.name() + ": there is no secret in "
                            + (secret.file() == null
                                    ? "environment variable " + secret.variable()
                                    : "file " + secret.file())));
        } catch (UncheckedIOException e) {
            throw new ConfigException(
                    "targets." + target.name() + ": the secret's file cannot be read: " + secret.file());
        }
    }

    /** Reads what the target needs, and says so if it is not there. */
    static void check(Target target) {
        if (target.secretUrl() != null) {
            read(target, target.secretUrl());
        }
        if (target.secret() != null) {
            read(target, target.secret());
        }
    }

    /** Sends and tells what came of it; an interrupted thread has failed. */
    Outcome send(Delivery delivery) {
        HttpRequest request;
        String secret;
        String url;
        try {
            secret = target.secret() == null ? null : read(target, target.secret());
            url = target.secretUrl() == null ? target.url() : read(target, target.secretUrl());
            Call call = word(delivery, url, secret);
            if (call == null) {
                return Outcome.refused("there are no words for it");
            }
            HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(call.url()))
                    .timeout(target.timeout())
                    .POST(HttpRequest.BodyPublishers.ofString(call.body()));
            call.headers().forEach(builder::header);
            request = builder.build();
        } catch (ConfigException e) {
            return Outcome.failed(e.getMessage());
        } catch (IllegalArgumentException e) {
            // Its message would tell the address or the token.
            return Outcome.failed("its address or token is none that can be sent");
        }
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(request, head -> new ShortBody());
        try {
            // The request's own timeout ends with the head of the answer.
            HttpResponse<String> response = answer.get(2 * target.timeout().toMillis(), TimeUnit.MILLISECONDS);
            Outcome outcome = Outcome.of(response.statusCode(), retryAfter(response));
            return outcome.kind() == Outcome.Kind.DELIVERED
                    ? outcome
                    : new Outcome(
                            outcome.kind(),
                            outcome.detail() + told(response.body(), secret, url),
                            outcome.retryAfterMs());
        } catch (TimeoutException e) {
            answer.cancel(true);
            return Outcome.failed("no answer within " + target.timeout().toMillis() + " ms");
        } catch (ExecutionException e) {
            return e.getCause() instanceof HttpTimeoutException
                    ? Outcome.failed("no answer within " + target.timeout().toMillis() + " ms")
                    : Outcome.failed(e.getCause().getClass().getSimpleName());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return Outcome.failed("interrupted");
        }
    }

    /** The request; null if a message in it cannot be put into words. */
    private Call word(Delivery delivery, String url, String secret) {
        try {
            return Wording.of(target, delivery, url, secret, clock.millis());
        } catch (RuntimeException e) {
            return null;
        }
    }

    /** What was answered, without what is secret; nothing if the address is, as an answer may tell a part of it. */
    private String told(String body, String secret, String url) {
        if (target.secretUrl() != null) {
            return "";
        }
        String text = AlertMessage.oneLine(body).strip().replace(url, "(its address)");
        if (secret != null) {
            text = text.replace(secret, "(its secret)");
            text = withoutBeginning(text.replaceAll("\uFFFD+$", ""), secret);
        }
        return text.isEmpty() ? "" : ": " + text;
    }

    /** The text was cut off somewhere, maybe in the middle of the secret. */
    private static String withoutBeginning(String text, String secret) {
        for (int length = Math.min(secret.length(), text.length()); length > 0; length--) {
            if (text.endsWith(secret.substring(0, length))) {
                return text.substring(0, text.length() - length);
            }
        }
        return text;
    }

    private static long retryAfter(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("\\d{1,5}"))
                .map(text -> Math.min(TimeUnit.SECONDS.toMillis(Long.parseLong(text)), LONGEST_WISH_MS))
                .orElse(0L);
    }
}
