package dev.orthant.docs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.checkpoint.ModelImport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The project that the embedding guide shows: its sources are compiled and its main method is run.
 * Its pom was built for real outside of this repository; here its dependencies are compared with
 * this build's.
 */
final class EmbeddingProjectTest {

  private static final Path PROJECT = Path.of("examples/embedding");
  private static final String NAME = "all-minilm-l6-v2";

  @TempDir Path folder;

  @Test
  void itsMainTrainsAnAdapterAndPredicts() throws Exception {
    Path model = folder.resolve("minilm");
    ModelImport.onnxResource(
        getClass().getClassLoader(), NAME + ".onnx", NAME + "-tokenizer.json", model, false);
    compile();

    String printed = run("com.example.tickets.Main", model.toString(), adapter().toString());

    assertThat(printed.lines())
        .hasSize(2)
        .satisfiesExactly(
            line -> assertThat(line).startsWith("I want my money back: billing 0."),
            line -> assertThat(line).startsWith("It fails with a strange message: fault 0."));
    assertThat(adapter().resolve("adapter_model.safetensors")).isRegularFile();
  }

  @Test
  void itsVersionsAreThoseOfThisBuild() throws Exception {
    String own = Files.readString(PROJECT.resolve("pom.xml"));
    String parent = Files.readString(Path.of("../pom.xml"));

    assertThat(own)
        .contains("<version>" + first(parent, "<version>([^<]+)</version>") + "</version>")
        .contains(
            "<version>" + first(parent, "<nd4j.version>([^<]+)</nd4j.version>") + "</version>");
  }

  private Path adapter() {
    return folder.resolve("adapter");
  }

  private void compile() throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--release", "17",
                "-classpath", System.getProperty("java.class.path"),
                "-d", folder.resolve("classes").toString()));
    try (Stream<Path> sources = Files.walk(PROJECT.resolve("src/main/java"))) {
      sources.filter(Files::isRegularFile).map(Path::toString).forEach(arguments::add);
    }
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, messages, messages, arguments.toArray(String[]::new));
    assertThat(code).as(messages.toString(StandardCharsets.UTF_8)).isZero();
  }

  private String run(String main, String... arguments) throws Exception {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.resolve("classes").toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader.loadClass(main).getMethod("main", String[].class).invoke(null, (Object) arguments);
    } finally {
      System.setOut(out);
    }
    return printed
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.matches("(I want|It fails).*")) // logs go to the same stream
        .reduce("", (all, line) -> all + line + "\n");
  }

  private static String first(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }
}
