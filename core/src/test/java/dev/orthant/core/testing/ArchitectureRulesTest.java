package dev.orthant.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule can fail: classes that break one each, compiled at test time. */
final class ArchitectureRulesTest {

  @TempDir static Path folder;

  private static JavaClasses broken;

  @BeforeAll
  static void compile() throws IOException {
    PluginJar jar = new PluginJar();
    add(jar, "dev.orthant.merge", "Helper", "");
    add(jar, "dev.orthant.osrm", "BasisConfig", "dev.orthant.merge.Helper helper;");
    add(jar, "dev.orthant.cli", "Command", "dev.orthant.osrm.BasisConfig config;");
    add(jar, "dev.orthant.core.one", "Upwards", "dev.orthant.merge.Helper helper;");
    add(jar, "dev.orthant.core.one", "There", "dev.orthant.core.two.Back back;");
    add(jar, "dev.orthant.core.two", "Back", "dev.orthant.core.one.There there;");
    add(jar, "dev.orthant.core.one", "Injected", "com.google.inject.Injector injector;");
    add(jar, "dev.orthant.core.spi", "Wide", "com.fasterxml.jackson.databind.JsonNode node;");
    add(jar, "dev.orthant.core.lowrank", "Curious", "dev.orthant.core.stats.Nosy nosy;");
    add(jar, "dev.orthant.core.stats", "Nosy", "dev.orthant.core.lowrank.Curious curious;");
    add(jar, "dev.orthant.eval", "Loud", "void run() { System.out.println(1); }");
    add(jar, "dev.orthant.eval", "Logging", "java.util.logging.Logger logger;");
    try (JarFile file = new JarFile(jar.write(folder.resolve("broken.jar")).toFile())) {
      broken = new ClassFileImporter().importJar(file);
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void ruleTellsWhatBreaksIt(ArchRule rule, String culprit) {
    assertThat(rule.evaluate(broken).getFailureReport().toString()).contains(culprit);
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        Arguments.of(ArchitectureRules.CORE_SEES_NO_OTHER_MODULE, "core.one.Upwards"),
        Arguments.of(ArchitectureRules.IMPLEMENTATIONS_DO_NOT_SEE_EACH_OTHER, "osrm.BasisConfig"),
        Arguments.of(ArchitectureRules.THE_COMMAND_LINE_SEES_NO_IMPLEMENTATION, "cli.Command"),
        Arguments.of(ArchitectureRules.GUICE_ONLY_IN_WIRING, "core.one.Injected"),
        Arguments.of(ArchitectureRules.SPI_IMPORTS_LITTLE, "core.spi.Wide"),
        Arguments.of(ArchitectureRules.LOWRANK_STANDS_ALONE, "core.lowrank.Curious"),
        Arguments.of(ArchitectureRules.STATS_STAND_ALONE, "core.stats.Nosy"),
        Arguments.of(ArchitectureRules.NO_CYCLES_IN_CORE, "core.two.Back"),
        Arguments.of(ArchitectureRules.NO_STANDARD_STREAMS, "eval.Loud"),
        Arguments.of(ArchitectureRules.NO_JAVA_UTIL_LOGGING, "eval.Logging"),
        Arguments.of(ArchitectureRules.IMPLEMENTATIONS_SHOW_FACTORIES_AND_CONFIGS, "merge.Helper"));
  }

  private static void add(PluginJar jar, String inPackage, String name, String body) {
    jar.source(
        inPackage + "." + name,
        "package %s; public final class %s { %s }".formatted(inPackage, name, body));
  }
}
