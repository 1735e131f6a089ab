package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A page in a headless Chromium, driven over its DevTools protocol: <a
 * href="https://chromedevtools.github.io/devtools-protocol/">its definition</a>.
 */
final class Chromium implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE = 60; // seconds, of a busy machine
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<JsonNode>> awaited = new ConcurrentHashMap<>();
  private final List<String> problems = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private Chromium(Process process, URI page) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(page, new Messages())
            .orTimeout(PATIENCE, TimeUnit.SECONDS)
            .join();
  }

  /** Where it is installed. */
  static Optional<Path> installed() {
    return NAMES.stream()
        .flatMap(
            name ->
                Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it with an empty page.
   *
   * @param profile an empty folder for its files
   */
  static Chromium start(Path executable, Path profile) throws Exception {
    Process process =
        new ProcessBuilder(
                executable.toString(),
                "--headless=new",
                "--no-sandbox", // needs rights that containers do not give; the page is ours
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--window-size=1280,1600",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("log.txt").toFile())
            .start();
    try {
      Chromium page = new Chromium(process, page(port(process, profile)));
      for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
        page.call(domain + ".enable", Map.of());
      }
      return page;
    } catch (Exception e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Shows a file and waits until it is loaded. */
  void open(Path file) throws Exception {
    problems.clear();
    requests.clear();
    CompletableFuture<JsonNode> loaded = await("Page.loadEventFired");
    call("Page.navigate", Map.of("url", file.toUri().toString()));
    loaded.get(PATIENCE, TimeUnit.SECONDS);
  }

  /** The value of an expression. */
  JsonNode evaluate(String expression) {
    JsonNode answer =
        call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** Presses a key that is named so, such as Enter or Tab, on what has the focus. */
  void press(String key, int code, String text) {
    Map<String, Object> down =
        Map.of("type", "keyDown", "key", key, "code", key, "windowsVirtualKeyCode", code);
    ObjectNode parameters = JSON.valueToTree(down);
    if (!text.isEmpty()) {
      parameters.put("text", text);
    }
    call("Input.dispatchKeyEvent", parameters);
    call(
        "Input.dispatchKeyEvent",
        Map.of("type", "keyUp", "key", key, "code", key, "windowsVirtualKeyCode", code));
  }

  /** Lets the system prefer light or dark. */
  void prefer(String scheme) {
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    // the page hears of it with the next frame
    String frames = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";
    call("Runtime.evaluate", Map.of("expression", frames, "awaitPromise", true));
  }

  /** The top of the page as a PNG file. */
  byte[] screenshot() {
    return bytes(call("Page.captureScreenshot", Map.of("format", "png")));
  }

  /** The page as it is printed. */
  byte[] pdf() {
    return bytes(call("Page.printToPDF", Map.of("printBackground", true)));
  }

  /** Exceptions, and errors and warnings on the console, since the page was opened. */
  List<String> problems() {
    return problems;
  }

  /** Addresses that were asked for since the page was opened. */
  List<String> requests() {
    return requests;
  }

  JsonNode call(String method, Object parameters) {
    int id = calls.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    socket.sendText(message.toString(), true).join();
    JsonNode got = answer.orTimeout(PATIENCE, TimeUnit.SECONDS).join();
    if (got.has("error")) {
      throw new AssertionError(method + ": " + got.path("error"));
    }
    return got.path("result");
  }

  @Override
  public void close() {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    try {
      call("Browser.close", Map.of()); // so that it removes its files
      process.onExit().orTimeout(PATIENCE, TimeUnit.SECONDS).join();
    } finally {
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private CompletableFuture<JsonNode> await(String event) {
    CompletableFuture<JsonNode> future = new CompletableFuture<>();
    awaited.put(event, future);
    return future;
  }

  private static byte[] bytes(JsonNode result) {
    return Base64.getDecoder().decode(result.path("data").asText());
  }

  /** It notes the port that it has chosen in its profile. */
  private static int port(Process process, Path profile) throws Exception {
    Path file = profile.resolve("DevToolsActivePort");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    while (!Files.exists(file) || Files.readAllLines(file).size() < 2) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException(
            "Chromium did not start: " + Files.readString(profile.resolve("log.txt")));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return Integer.parseInt(Files.readAllLines(file).get(0));
  }

  private static URI page(int port) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list")).build();
    String targets = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    for (JsonNode target : JSON.readTree(targets)) {
      if (target.path("type").asText().equals("page")) {
        return URI.create(target.path("webSocketDebuggerUrl").asText());
      }
    }
    throw new IOException("Chromium has no page: " + targets);
  }

  /** What Chromium says, in pieces. */
  private final class Messages implements WebSocket.Listener {

    private final StringBuilder pieces = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      pieces.append(text);
      if (last) {
        try {
          message(JSON.readTree(pieces.toString()));
        } catch (IOException e) {
          problems.add(e.toString());
        }
        pieces.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }

    private void message(JsonNode message) {
      if (message.has("id")) {
        answers.remove(message.path("id").asInt()).complete(message);
        return;
      }
      String event = message.path("method").asText();
      JsonNode values = message.path("params");
      switch (event) {
        case "Runtime.exceptionThrown" -> problems.add(values.path("exceptionDetails").toString());
        case "Runtime.consoleAPICalled" -> {
          if (!values.path("type").asText().equals("log")) {
            problems.add(values.toString());
          }
        }
        case "Log.entryAdded" -> problems.add(values.path("entry").toString());
        case "Network.requestWillBeSent" ->
            requests.add(values.path("request").path("url").asText());
        default -> {}
      }
      CompletableFuture<JsonNode> waiting = awaited.remove(event);
      if (waiting != null) {
        waiting.complete(values);
      }
    }
  }
}
