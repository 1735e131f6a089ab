package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The bill of materials for applications has this build's versions. */
final class BomTest {

  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>\\s*<version>([^<]+)</version>");
  private static final Pattern PROPERTY = Pattern.compile("<([\\w.]+\\.version)>([^<]+)</");

  @Test
  void itHasTheVersionsOfTheBuild() throws IOException {
    String parent = Files.readString(Path.of("../pom.xml"));
    String bom = Files.readString(Path.of("../core/bom/pom.xml"));
    Map<String, String> expected = versions(resolved(parent));
    Map<String, String> actual = versions(bom);
    // two that the build has no use for
    expected.put("dev.orthant:orthant-bom", Artifacts.version());
    expected.put("org.nd4j:nd4j-native-platform", expected.get("org.nd4j:nd4j-native"));

    assertThat(actual).isNotEmpty();
    assertThat(expected).containsAllEntriesOf(actual);
  }

  @Test
  void thePageHasItsVersion() throws IOException {
    assertThat(Files.readString(Path.of("distribution.md")))
        .contains("<version>" + Artifacts.version() + "</version>");
  }

  @Test
  void itNamesEveryModuleThatApplicationsUse() throws IOException {
    Map<String, String> actual = versions(Files.readString(Path.of("../core/bom/pom.xml")));

    for (String module : versions(Files.readString(Path.of("../pom.xml"))).keySet()) {
      if (module.startsWith("dev.orthant:") && !module.matches(".*-(cli|parent)")) {
        assertThat(actual).containsKey(module);
      }
    }
  }

  private static Map<String, String> versions(String pom) {
    Map<String, String> versions = new LinkedHashMap<>();
    Matcher dependency = DEPENDENCY.matcher(pom);
    while (dependency.find()) {
      versions.put(dependency.group(1) + ":" + dependency.group(2), dependency.group(3));
    }
    return versions;
  }

  private static String resolved(String pom) throws IOException {
    String text = pom;
    Matcher property = PROPERTY.matcher(pom);
    while (property.find()) {
      text = text.replace("${" + property.group(1) + "}", property.group(2));
    }
    return text.replace("${project.version}", Artifacts.version());
  }
}
