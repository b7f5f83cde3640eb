package io.touchstone.chaos.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.load.PlantedHistory;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.Site;
import io.touchstone.playground.cluster.AclsCommand;
import io.touchstone.playground.cluster.BrokerServer;
import io.touchstone.playground.cluster.Canaries;
import io.touchstone.playground.cluster.ClusterFolder;
import io.touchstone.playground.cluster.Export;
import io.touchstone.playground.cluster.JobKind;
import io.touchstone.playground.cluster.OpenPorts;
import io.touchstone.playground.cluster.Replay;
import io.touchstone.playground.cluster.RestSurface;
import io.touchstone.playground.cluster.Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** R29: somebody reads all that the jobs and their servers write and tell, and tries what nobody should. */
public final class SecretsAndSurface implements FaultTest {
    private static final String TEXT = "canary-7Q4: the zip broke after two days";
    private static final int EVENTS = 100_000;
    private static final JsonMapper JSON = new JsonMapper();

    /** Method, path and the answer it has to get. */
    private static final String[][] ATTEMPTS = {
        {"POST", "/jars/upload", "403"},
        {"POST", "/jobs", "403"},
        {"PATCH", "/jobs/JOB?mode=cancel", "403"},
        {"GET", "/jobs/JOB/yarn-cancel", "403"},
        {"GET", "/jobs/JOB/yarn-stop", "403"},
        {"POST", "/jobs/JOB/stop", "403"},
        {"POST", "/savepoint-disposal", "403"},
        {"DELETE", "/cluster", "403"},
        {"GET", "/jars", "404"},
        {"GET", "/jobmanager/logs/..%2f..%2fsecrets%2frest-token", "404"},
        {"GET", "/jobs/JOB", "200"},
    };

    @Override
    public Description description() {
        return new Description(
                "R29",
                "read every log, answer, file, command line and letter of a secure cluster; try what nobody may",
                "no password and no review's text anywhere; loopback only; uploads and cancels refused",
                "0 hits",
                "the database's password stands in the properties of the producers",
                4,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Finding finding = new Finding();
        round.say("starting a secure cluster");
        try (Site site = Site.start(round.folder(), Map.of(), Site.wiring(), "--secure")) {
            site.run(new AclsCommand(), "apply", "--conf", site.conf().toString());
            Path history = round.folder().resolve("history");
            PlantedHistory planted =
                    PlantedHistory.write(Load.of(round), (long) (EVENTS * round.scale()), TEXT, history);
            round.say("%,d events, %,d of them reviews with a text", planted.events(), planted.reviews());
            String until = planted.until(site.policy().timeZone()).toString();
            String conf = site.conf().toString();
            site.run(new Replay(), "--history", history.toString(), "--conf", conf);
            for (JobKind job : JobKind.values()) {
                site.deploy(job, round.mutant() ? Mutation.TELLS_SECRETS : Mutation.NONE);
            }
            site.run(new Replay(), "--until", until, "--conf", conf);
            Path live = round.folder().resolve("live");
            site.run(new Export(), "--output", live.toString(), "--conf", conf, "--until", until);
            round.say("looking for what must not be there");
            search(site, live, finding);
            tryWhatNobodyMay(site, finding);
            List<String> open = OpenPorts.beyondLoopback(site.folder());
            finding.check("ports", open.isEmpty(), "reached from elsewhere: %s", open);
        }
        return finding;
    }

    private static void search(Site site, Path live, Finding finding) throws IOException {
        ClusterFolder folder = site.folder();
        Map<String, byte[]> answers = RestSurface.of(site.settings().webUrl());
        Canaries secrets = Canaries.secretsOf(folder);
        List<String> told = new ArrayList<>(secrets.inFiles(folder.root(), file -> !file.startsWith(folder.secrets())));
        told.addAll(secrets.inFiles(live, file -> true));
        told.addAll(secrets.inProcesses(folder));
        answers.forEach((path, answer) -> secrets.in(answer).forEach(name -> told.add(path + ": " + name)));
        finding.check("secrets", told.isEmpty(), "found: %s", told);

        Canaries text = new Canaries().add("a review's text", TEXT);
        // The broker keeps what producers sent.
        List<String> leaked =
                new ArrayList<>(text.inFiles(folder.root(), file -> !file.startsWith(folder.data(BrokerServer.NAME))));
        leaked.addAll(text.inFiles(live, file -> !file.endsWith("dead-letters.jsonl")));
        answers.forEach((path, answer) -> text.in(answer).forEach(name -> leaked.add(path + ": " + name)));
        long whole = 0;
        for (String line : Files.readAllLines(live.resolve("dead-letters.jsonl"))) {
            if (!text.in(line).isEmpty()) {
                JsonNode letter = JSON.readTree(line);
                // By contract what the source refuses is kept whole.
                if (letter.get("reason").asText().equals("INVALID")) {
                    whole++;
                } else {
                    leaked.add(letter.get("reason").asText() + " at " + letter.get("offset"));
                }
            }
        }
        finding.check("texts", leaked.isEmpty(), "found: %s", leaked);
        finding.measure(
                "%d forms of secrets, %d REST answers, %d processes, %,d invalid reviews kept whole",
                secrets.forms(), answers.size(), Server.processes(folder).size(), whole);

        Canaries there = new Canaries().add("a file's name", folder.secrets().toString());
        finding.check(
                "search",
                there.inFiles(folder.data("high-availability"), file -> true).size() > 0,
                "it does not see into job graphs");
    }

    private static void tryWhatNobodyMay(Site site, Finding finding) throws IOException, InterruptedException {
        String job = site.flink().running("price-floor").orElseThrow().id();
        HttpClient http = HttpClient.newHttpClient();
        for (String[] attempt : ATTEMPTS) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(site.settings().webUrl() + attempt[1].replace("JOB", job)))
                    .method(attempt[0], HttpRequest.BodyPublishers.ofString(attempt[0].equals("GET") ? "" : "{}"))
                    .build();
            int code = http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
            finding.check(
                    "refusal", String.valueOf(code).equals(attempt[2]), "%s %s gives %d", attempt[0], attempt[1], code);
        }
        finding.check("jobs", site.flink().running("price-floor").orElseThrow().isUp(), "price-floor no longer runs");
        finding.measure("%d attempts", ATTEMPTS.length);
    }
}
