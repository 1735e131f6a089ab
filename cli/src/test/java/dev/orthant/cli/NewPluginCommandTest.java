package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.plugin.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** What is written; that it builds and works is tested with the documentation. */
final class NewPluginCommandTest {

  @TempDir Path folder;

  @Test
  void aProjectHasTheFilesOfItsKindUnderItsName() throws IOException {
    Path project = folder.resolve("my-rule");

    CliRun run =
        CliRun.of("plugins", "new", "my-rule", "--package", "com.acme", "--output", "" + project);

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).startsWith(project + System.lineSeparator()).contains("mvn package");
    assertThat(files(project))
        .containsExactly(
            "pom.xml",
            "src/main/java/com/acme/MyRule.java",
            "src/main/java/com/acme/MyRuleConfig.java",
            "src/main/java/com/acme/MyRuleFactory.java",
            "src/main/java/com/acme/package-info.java",
            "src/main/resources/META-INF/services/dev.orthant.core.spi.MergerFactory",
            "src/test/java/com/acme/MyRuleTest.java");
    assertThat(project.resolve("pom.xml")).content().contains("<artifactId>my-rule</artifactId>");
    assertThat(project.resolve("src/main/java/com/acme/MyRuleFactory.java"))
        .content()
        .contains("package com.acme;")
        .contains("return \"my-rule\";");
  }

  @Test
  void nothingOfTheTemplateIsLeft() throws IOException {
    for (String kind : List.of("adapter", "constraint", "merger", "transform", "task")) {
      Path project = folder.resolve(kind);
      CliRun run =
          CliRun.of("plugins", "new", "acme-thing", "--kind", kind, "--output", "" + project);

      assertThat(run.code()).as(run.err()).isZero();
      for (String file : files(project)) {
        assertThat(project.resolve(file))
            .content()
            .doesNotContain("template")
            .doesNotContain("org.example.orthant")
            .doesNotContainPattern(
                "(?i)agreement.?mean|quiet.?inputs|plain.?low.?rank|norm.?limit|repeated.?word");
      }
    }
  }

  @Test
  void namesThatCannotBeAreRefused() {
    assertThat(refusal("ties")).contains("there is a merger 'ties' already");
    assertThat(refusal("merger")).contains("would need a class Merger");
    assertThat(refusal("My_Rule")).contains("a plug-in's name is words of a-z");
    assertThat(refusal("new")).contains("give another one by --package");
  }

  @Test
  void everyKindOfTheDistributionHasATemplateOrSaysSo() {
    for (Kind kind : Kind.values()) {
      CliRun run =
          CliRun.of(
              "plugins",
              "new",
              "acme-" + kind,
              "--kind",
              kind.name(),
              "--output",
              "" + folder.resolve(kind.label()));

      assertThat(run.code() == 0 || run.err().contains("there is no template")).isTrue();
    }
  }

  private String refusal(String name) {
    CliRun run = CliRun.of("plugins", "new", name, "--output", "" + folder.resolve("refused"));
    assertThat(run.code()).isEqualTo(1);
    assertThat(folder.resolve("refused")).doesNotExist();
    return run.err();
  }

  private static List<String> files(Path project) throws IOException {
    try (Stream<Path> files = Files.walk(project)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> project.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  /** With Maven, a merger's is built by the test of the plug-in guide. */
  @ParameterizedTest
  @ValueSource(strings = {"adapter", "constraint", "merger", "transform", "task"})
  void whatIsWrittenCompilesAndPassesItsTests(String kind) throws Exception {
    Path project = folder.resolve(kind);
    CliRun run =
        CliRun.of("plugins", "new", "acme-thing", "--kind", kind, "--output", "" + project);
    assertThat(run.code()).as(run.err()).isZero();

    Path classes = compile(project);
    TestExecutionSummary tests = runTests(classes, "org.example.acmething.AcmeThingTest");

    assertThat(tests.getFailures()).isEmpty();
    assertThat(tests.getTestsSucceededCount()).isGreaterThan(8);
  }

  /** Main and test classes, and the services file, in one folder. */
  private static Path compile(Path project) throws IOException {
    Path classes = Files.createDirectories(project.resolve("classes"));
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-parameters"));
    arguments.addAll(List.of("-d", classes.toString()));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    files(project).stream()
        .filter(file -> file.endsWith(".java"))
        .forEach(file -> arguments.add(project.resolve(file).toString()));
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, messages, messages, arguments.toArray(String[]::new));
    assertThat(code).as(messages.toString(StandardCharsets.UTF_8)).isZero();
    String services = "META-INF/services";
    Files.createDirectories(classes.resolve(services));
    for (String file : files(project.resolve("src/main/resources"))) {
      Files.copy(project.resolve("src/main/resources").resolve(file), classes.resolve(file));
    }
    return classes;
  }

  private static TestExecutionSummary runTests(Path classes, String test) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader context = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {classes.toUri().toURL()}, NewPluginCommandTest.class.getClassLoader())) {
      thread.setContextClassLoader(loader);
      SummaryGeneratingListener summary = new SummaryGeneratingListener();
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(DiscoverySelectors.selectClass(loader.loadClass(test)))
                  .build(),
              summary);
      return summary.getSummary();
    } finally {
      thread.setContextClassLoader(context);
    }
  }
}
