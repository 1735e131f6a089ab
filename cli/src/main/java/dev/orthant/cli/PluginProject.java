package dev.orthant.cli;

import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.plugin.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;

/**
 * The Maven project of a new plug-in: the files of the template project in the documentation that
 * belong to its kind, under other names.
 *
 * @param kind what it is
 * @param name what configurations call it
 * @param className what its classes' names begin with
 * @param packageName its Java package
 */
record PluginProject(Kind kind, String name, String className, String packageName) {

  private static final String TEMPLATE = "plugin-template/";
  private static final String ARTIFACT = "orthant-plugin-template";
  private static final String PACKAGE = "org.example.orthant";
  private static final String MAIN = "src/main/java/";
  private static final String TEST = "src/test/java/";
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final Pattern IMPORT = Pattern.compile("import (?:static )?[\\w.]*\\.(\\w+);");

  /** The component of each kind in the template. */
  private static final Map<Kind, String> SAMPLES =
      Map.of(
          Kind.ADAPTER, "plain-low-rank",
          Kind.CONSTRAINT, "quiet-inputs",
          Kind.MERGER, "agreement-mean",
          Kind.TASK, "repeated-word",
          Kind.TRANSFORM, "norm-limit");

  /**
   * A project.
   *
   * @param packageName its Java package, or null for one made of the name
   * @throws IllegalArgumentException if there is no template, or the names cannot be Java's
   */
  static PluginProject of(Kind kind, String name, @Nullable String packageName) {
    if (!SAMPLES.containsKey(kind)) {
      throw new IllegalArgumentException(
          "there is no template for the kind %s; there are those for %s"
              .formatted(
                  kind,
                  SAMPLES.keySet().stream()
                      .sorted()
                      .map(Kind::label)
                      .collect(Collectors.joining(", "))));
    }
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a plug-in's name is words of a-z and 0-9 with '-' between them, beginning with a letter,"
              + " was '%s'".formatted(name));
    }
    String ofPackage = packageName == null ? "org.example." + name.replace("-", "") : packageName;
    if (!SourceVersion.isName(ofPackage)) {
      throw new IllegalArgumentException(
          "'%s' cannot be a Java package: give another one by --package".formatted(ofPackage));
    }
    PluginProject project = new PluginProject(kind, name, camelCase(name), ofPackage);
    project.requireOwnNames();
    return project;
  }

  /** The file that {@code mvn package} makes, in {@code target}. */
  String jarName() {
    return name + "-0.1.0.jar";
  }

  /** Writes it. */
  void write(Path folder, boolean replace) {
    AtomicFolder.write(
        folder,
        replace,
        target -> {
          for (String file : files()) {
            Path path = target.resolve(renamed(file));
            Files.createDirectories(path.getParent());
            Files.writeString(path, renamed(template(file)));
          }
        });
  }

  private List<String> files() {
    String inPackage = PACKAGE.replace('.', '/') + "/";
    String prefix = MAIN + inPackage + sampleClass();
    return List.of(
        "pom.xml",
        MAIN + inPackage + "package-info.java",
        prefix + ".java",
        prefix + "Config.java",
        prefix + "Factory.java",
        TEST + inPackage + sampleClass() + "Test.java",
        "src/main/resources/META-INF/services/" + kind.spi().getName());
  }

  private String renamed(String text) {
    return text.replace(ARTIFACT, name)
        .replace(PACKAGE, packageName)
        .replace(PACKAGE.replace('.', '/'), packageName.replace('.', '/'))
        .replace(sampleClass(), className)
        .replace(SAMPLES.get(kind), name);
  }

  /** Refuses names whose classes would hide those that they use. */
  private void requireOwnNames() {
    for (String file : files()) {
      Matcher imported = IMPORT.matcher(template(file));
      while (imported.find()) {
        String simple = imported.group(1);
        boolean hidden =
            simple.equals(className)
                || simple.equals(className + "Config")
                || simple.equals(className + "Factory");
        if (hidden) {
          throw new IllegalArgumentException(
              "'%s' would need a class %s, which Orthant or Java has: choose another name"
                  .formatted(name, simple));
        }
      }
    }
  }

  private String sampleClass() {
    return camelCase(SAMPLES.get(kind));
  }

  private static String template(String file) {
    try (InputStream in = PluginProject.class.getResourceAsStream(TEMPLATE + file)) {
      if (in == null) {
        throw new IllegalStateException(TEMPLATE + file + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + TEMPLATE + file, e);
    }
  }

  private static String camelCase(String name) {
    return Arrays.stream(name.split("-"))
        .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
        .collect(Collectors.joining());
  }
}
