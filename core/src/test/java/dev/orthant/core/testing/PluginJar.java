package dev.orthant.core.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles a plug-in at test time into a jar, as a third party would build it. */
public final class PluginJar {

  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, String> files = new LinkedHashMap<>();
  private final Manifest manifest = new Manifest();

  /** A jar with nothing in it. */
  public PluginJar() {
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
  }

  /** Adds a class to be compiled against the class path of the test. */
  public PluginJar source(String className, String source) {
    sources.put(className, source);
    return this;
  }

  /** Adds a merger in the default package that averages and has no options. */
  public PluginJar merger(String className, String name) {
    return source(className, mergerSource(className, name))
        .services("dev.orthant.core.spi.MergerFactory", className);
  }

  /** Adds a line to a services file. */
  public PluginJar services(String spi, String line) {
    files.merge("META-INF/services/" + spi, line + "\n", String::concat);
    return this;
  }

  /** Adds an entry to the manifest. */
  public PluginJar manifest(String key, String value) {
    manifest.getMainAttributes().putValue(key, value);
    return this;
  }

  /** Compiles and writes the jar, creating the folders above it. */
  public Path write(Path jar) {
    try {
      Files.createDirectories(jar.toAbsolutePath().getParent());
      Path work = Files.createTempDirectory("plugin-jar");
      compile(work);
      try (OutputStream out = Files.newOutputStream(jar);
          JarOutputStream entries = new JarOutputStream(out, manifest)) {
        for (Map.Entry<String, String> file : files.entrySet()) {
          add(entries, file.getKey(), file.getValue().getBytes(StandardCharsets.UTF_8));
        }
        for (Path classFile : filesIn(work.resolve("classes"))) {
          String name = work.resolve("classes").relativize(classFile).toString();
          add(entries, name.replace('\\', '/'), Files.readAllBytes(classFile));
        }
      }
      delete(work);
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(jar.toString(), e);
    }
  }

  private void compile(Path work) throws IOException {
    Path classes = Files.createDirectories(work.resolve("classes"));
    if (sources.isEmpty()) {
      return;
    }
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-proc:none", "-d", classes.toString()));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = work.resolve("sources").resolve(source.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, source.getValue()).toString());
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages, null, null, arguments.subList(0, 5), null, units(compiler, arguments))
            .call();
    if (!compiled) {
      throw new IllegalArgumentException("the plug-in does not compile: " + messages);
    }
  }

  private static Iterable<? extends javax.tools.JavaFileObject> units(
      JavaCompiler compiler, List<String> arguments) {
    return compiler
        .getStandardFileManager(null, null, StandardCharsets.UTF_8)
        .getJavaFileObjectsFromStrings(arguments.subList(5, arguments.size()));
  }

  private static void add(JarOutputStream jar, String name, byte[] bytes) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    jar.write(bytes);
    jar.closeEntry();
  }

  private static List<Path> filesIn(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static String mergerSource(String className, String name) {
    return """
        import dev.orthant.core.lowrank.Delta;
        import dev.orthant.core.lowrank.DenseDelta;
        import dev.orthant.core.spi.Merger;
        import dev.orthant.core.spi.MergerFactory;
        import dev.orthant.core.spi.MergerLaw;
        import dev.orthant.core.spi.MergerTraits;
        import dev.orthant.core.spi.Reference;
        import java.util.List;
        import java.util.Set;

        public class CLASS implements MergerFactory<CLASS.Config> {
          public record Config(double lambda) {
            public Config {
              if (!(lambda > 0)) {
                throw new IllegalArgumentException("lambda must be positive, was " + lambda);
              }
            }
          }
          public String name() { return "NAME"; }
          public String summary() { return "Averages, times lambda."; }
          public Config defaults() { return new Config(1.0); }
          public List<Reference> references() { return List.of(); }
          public Set<MergerLaw> laws() { return Set.of(); }
          public MergerTraits traits(Config config) {
            return new MergerTraits(
                MergerTraits.Granularity.ELEMENT,
                Set.of(),
                Set.of(MergerTraits.Space.FULL),
                1,
                Integer.MAX_VALUE,
                false);
          }
          public Merger create(Config config) {
            return tensor -> {
              var sum = tensor.delta(0).dense();
              for (int i = 1; i < tensor.inputs(); i++) {
                sum.addi(tensor.delta(i).dense());
              }
              return new DenseDelta(sum.muli(config.lambda() / tensor.inputs()));
            };
          }
        }
        """
        .replace("CLASS", className)
        .replace("NAME", name);
  }
}
