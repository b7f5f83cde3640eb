package io.touchstone.desk.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.touchstone.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LoggingPreferences;

/** The report in a real browser. Without Chromium and its driver there is nothing to be seen, and the tests are skipped. */
class ReportInBrowserTest {
    /** Which version of the browser's protocol it knows is of no interest: kept, or its level would be forgotten. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path temp;

    private static ChromeDriver browser;
    private static String page;

    @BeforeAll
    static void openBrowser() throws IOException {
        Optional<Path> chromium = program("chromium", "chromium-browser", "google-chrome", "chrome");
        Optional<Path> driver = program("chromedriver", "chromium.chromedriver");
        if (chromium.isEmpty() || driver.isEmpty()) {
            System.out.println("Skipped: the report is not looked at in a browser, because "
                    + (chromium.isEmpty() ? "Chromium" : "chromedriver") + " is not installed");
        }
        assumeTrue(chromium.isPresent() && driver.isPresent());
        Path output = temp.resolve("report.html");
        HtmlReport.fromFolder(Samples.write(temp), Policy.DEFAULT, output);
        page = output.toUri().toString();

        SELENIUM.setLevel(Level.SEVERE);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable("browser", Level.ALL);
        logs.enable("performance", Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.get().toFile());
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--user-data-dir=" + temp.resolve("profile"),
                "--window-size=1400,1000");
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.get().toFile())
                        .usingAnyFreePort()
                        .build(),
                options);
    }

    private static Optional<Path> program(String... names) {
        return Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
                .flatMap(folder -> Stream.of(names).map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.quit();
        }
    }

    @Test
    void drawsEveryChartWithoutAnErrorOrARequest() {
        open(1400, "light");
        awaitCharts();
        assertThat(charts()).hasSizeGreaterThan(8).allSatisfy(chart -> {
            assertThat(chart.findElements(By.cssSelector("svg path, svg rect")))
                    .as(chart.getDomAttribute("aria-label"))
                    .hasSizeGreaterThan(3);
        });
        assertThat(browser.manage().logs().get("browser").getAll())
                .extracting(LogEntry::getMessage)
                .isEmpty();
        assertThat(browser.manage().logs().get("performance").getAll())
                .extracting(LogEntry::getMessage)
                .filteredOn(message -> message.contains("Network.requestWillBeSent\""))
                .isNotEmpty()
                .allMatch(message -> message.contains("\"url\":\"file:") || message.contains("\"url\":\"data:"));
    }

    @Test
    void fitsAPhone() {
        for (String scheme : List.of("light", "dark")) {
            open(390, scheme);
            awaitCharts();
            long width = (Long) run("return document.documentElement.scrollWidth");
            assertThat(width).as("nothing is wider than the screen").isLessThanOrEqualTo(390);
        }
    }

    @Test
    void isDarkWhereThatIsWanted() {
        open(1400, "light");
        String light = browser.findElement(By.tagName("body")).getCssValue("background-color");
        open(1400, "dark");
        String dark = browser.findElement(By.tagName("body")).getCssValue("background-color");
        assertThat(List.of(light, dark)).containsExactly("rgba(251, 251, 249, 1)", "rgba(20, 22, 26, 1)");
    }

    @Test
    void opensEveryFactoryAndDrawsItsChartsOnPaper() {
        open(1400, "dark");
        Object paper = browser.executeCdpCommand("Page.printToPDF", Map.of("printBackground", true, "paperWidth", 8.27))
                .get("data");
        assertThat((String) paper).hasSizeGreaterThan(50_000);
        assertThat((Boolean) run("return Array.from(document.querySelectorAll('.chart')).every(c => c.dataset.drawn)"))
                .as("every chart was drawn for paper, those of closed sections included")
                .isTrue();
    }

    @Test
    void canBeReadByKeyboardAndByEar() {
        open(1400, "light");
        awaitCharts();
        // The first stop is the link over everything to what matters.
        browser.findElement(By.tagName("body")).sendKeys(Keys.TAB);
        WebElement skip = browser.switchTo().activeElement();
        assertThat(skip.getText()).contains("Skip to the factories in trouble");
        assertThat(skip.getLocation().getX()).isNotNegative();
        skip.sendKeys(Keys.ENTER);
        assertThat(browser.getCurrentUrl()).endsWith("#trouble");

        WebElement summary = browser.findElement(By.cssSelector("details.factory:not([open]) > summary"));
        WebElement section = summary.findElement(By.xpath(".."));
        run("arguments[0].focus()", summary);
        summary.sendKeys(Keys.ENTER);
        assertThat(section.getDomAttribute("open")).isNotNull();
        awaitCharts();

        assertThat(browser.findElement(By.tagName("html")).getDomAttribute("lang"))
                .isEqualTo("en");
        for (String landmark : List.of("header", "nav", "main", "footer")) {
            assertThat(browser.findElements(By.tagName(landmark))).as(landmark).hasSize(1);
        }
        assertThat(browser.findElements(By.tagName("h1"))).hasSize(1);
        assertThat((String) run("""
                        let last = 0;
                        for (const h of document.querySelectorAll('h1,h2,h3,h4')) {
                          const level = Number(h.tagName[1]);
                          if (level > last + 1) return h.textContent;
                          last = level;
                        }
                        return '';""")).as("a heading that skips a level").isEmpty();
        assertThat(charts())
                .allSatisfy(
                        chart -> assertThat(chart.getDomAttribute("aria-label")).hasSizeGreaterThan(20));
        assertThat(browser.findElements(By.cssSelector("th:not([scope]), a:not([href]), button:empty")))
                .isEmpty();
        assertThat((Long) run("const ids = Array.from(document.querySelectorAll('[id]'), e => e.id);"
                        + " return ids.length - new Set(ids).size"))
                .as("ids that come twice")
                .isZero();
    }

    @Test
    void opensTheFactoryThatALinkLeadsTo() {
        open(1400, "light");
        WebElement link = browser.findElement(By.cssSelector("#prices a[href^='#item'], #floors a[href^='#factory']"));
        run("arguments[0].scrollIntoView()", link);
        WebElement factory = browser.findElement(By.cssSelector("details.factory:not([open])"));
        run("location.hash = arguments[0]", factory.getDomAttribute("id"));
        await().atMost(PATIENCE).until(() -> factory.getDomAttribute("open") != null);
        awaitCharts();
    }

    private static void open(int width, String scheme) {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
        browser.get("about:blank");
        browser.manage().logs().get("browser");
        browser.manage().logs().get("performance");
        browser.get(page);
    }

    private static List<WebElement> charts() {
        return browser.findElements(By.cssSelector(".chart")).stream()
                .filter(chart -> chart.findElements(By.xpath("ancestor::details[not(@open)]"))
                        .isEmpty())
                .toList();
    }

    private static void awaitCharts() {
        await().atMost(PATIENCE).until(() -> (Boolean) run("return Array.from(document.querySelectorAll('.chart'))"
                + ".every(c => c.closest('details:not([open])') || c.dataset.drawn)"));
    }

    private static Object run(String script, Object... arguments) {
        return ((JavascriptExecutor) browser).executeScript(script, arguments);
    }
}
