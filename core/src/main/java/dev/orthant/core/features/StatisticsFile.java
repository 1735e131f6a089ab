package dev.orthant.core.features;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.stats.FeatureStatistics;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A task's statistics as a safetensors file: all that has to leave a data owner's machine.
 *
 * <p>For each distinct input, under the name of the first module that reads it, {@code NAME.gram}
 * [d, d], or {@code NAME.sketch} [size, d] and {@code NAME.lost} [1], and {@code NAME.sum} [d] in
 * double precision, and {@code NAME.count} [1], a 64-bit integer. The metadata are {@code format =
 * orthant-statistics}, {@code version}, {@code task}, {@code base_fingerprint}, {@code
 * tokenizer_fingerprint}, {@code unit} and {@code modules}, a JSON object of module path to NAME.
 */
public final class StatisticsFile {

  private static final String FORMAT = "orthant-statistics";
  private static final String VERSION = "1";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Asymmetry beyond the rounding of double-precision sums, relative to the diagonal. */
  private static final double ASYMMETRY = 1e-9;

  private StatisticsFile() {}

  /**
   * Writes a file; one that is there is replaced.
   *
   * @throws CheckpointException if it cannot be written
   */
  public static void write(Path file, TaskStatistics statistics) {
    Map<FeatureStatistics, String> names = new IdentityHashMap<>();
    Map<String, String> stored = new LinkedHashMap<>();
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .metadata("format", FORMAT)
            .metadata("version", VERSION)
            .metadata("task", statistics.task())
            .metadata("base_fingerprint", statistics.source().base())
            .metadata("tokenizer_fingerprint", statistics.source().tokenizer())
            .metadata("unit", word(statistics.source().unit()));
    statistics
        .modules()
        .forEach(
            (module, features) -> {
              String name = names.putIfAbsent(features, module);
              if (name == null) {
                add(writer, module, features);
              }
              stored.put(module, name == null ? module : name);
            });
    try {
      writer.metadata("modules", JSON.writeValueAsString(stored)).write(file);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of strings is always JSON", e);
    }
  }

  /**
   * Reads a file.
   *
   * @throws CheckpointException if it is not a statistics file, or its numbers cannot be sums over
   *     features: missing, of the wrong shape, not finite, not symmetric, of negative squares
   */
  public static TaskStatistics read(Path file) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      requireMetadata(tensors, "format", FORMAT);
      requireMetadata(tensors, "version", VERSION);
      String task = metadata(tensors, "task");
      Map<String, FeatureStatistics> byName = new HashMap<>();
      Map<String, FeatureStatistics> byModule = new LinkedHashMap<>();
      modules(tensors)
          .forEach(
              (module, name) ->
                  byModule.put(
                      module, byName.computeIfAbsent(name, n -> features(tensors, n, task))));
      if (byModule.isEmpty()) {
        throw new CheckpointException(file, "lists no modules");
      }
      return new TaskStatistics(task, source(tensors), byModule);
    }
  }

  private static StatisticsSource source(SafetensorsFile tensors) {
    String unit = metadata(tensors, "unit");
    for (Unit known : Unit.values()) {
      if (word(known).equals(unit)) {
        return new StatisticsSource(
            metadata(tensors, "base_fingerprint"),
            metadata(tensors, "tokenizer_fingerprint"),
            known);
      }
    }
    throw wrong(tensors, "metadata 'unit' is '%s', expected 'tokens' or 'means'", unit);
  }

  private static String word(Unit unit) {
    return unit.name().toLowerCase(Locale.ROOT);
  }

  private static void add(SafetensorsWriter writer, String name, FeatureStatistics features) {
    int d = features.dimension();
    Optional<double[]> sketch = features.sketch();
    if (sketch.isPresent()) {
      writer.addDoubles(name + ".sketch", sketch.get(), sketch.get().length / d, d);
      writer.addDoubles(name + ".lost", new double[] {features.lost()}, 1);
    } else {
      writer.addDoubles(name + ".gram", features.gram(), d, d);
    }
    writer.addDoubles(name + ".sum", features.sum(), d);
    writer.addLongs(name + ".count", new long[] {features.count()}, 1);
  }

  private static FeatureStatistics features(SafetensorsFile file, String name, String task) {
    requireShape(file, name + ".count", 1);
    long count = file.readLongs(name + ".count")[0];
    if (count < 1) {
      throw wrong(file, "tensor '%s.count' must be at least 1, was %d", name, count);
    }
    double[] sum = file.readDoubles(name + ".sum");
    requireShape(file, name + ".sum", sum.length);
    if (file.names().contains(name + ".sketch")) {
      return sketched(file, name, task, count, sum);
    }
    requireShape(file, name + ".gram", sum.length, sum.length);
    double[] gram = file.readDoubles(name + ".gram");
    requireFinite(file, name + ".sum", sum);
    requireFinite(file, name + ".gram", gram);
    requireGram(file, name + ".gram", gram, sum.length);
    return new FeatureStatistics(task, count, sum, gram);
  }

  private static FeatureStatistics sketched(
      SafetensorsFile file, String name, String task, long count, double[] sum) {
    requireFinite(file, name + ".sum", sum);
    double[] rows = file.readDoubles(name + ".sketch");
    requireShape(file, name + ".sketch", rows.length / sum.length, sum.length);
    requireFinite(file, name + ".sketch", rows);
    requireShape(file, name + ".lost", 1);
    double lost = file.readDoubles(name + ".lost")[0];
    if (!(lost >= 0)) {
      throw wrong(file, "tensor '%s.lost' must be at least 0, was %s", name, lost);
    }
    return FeatureStatistics.sketched(task, count, sum, rows, lost);
  }

  private static Map<String, String> modules(SafetensorsFile file) {
    try {
      return JSON.readValue(
          metadata(file, "modules"), new TypeReference<LinkedHashMap<String, String>>() {});
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          file.path(), "metadata 'modules' is not a JSON object of names", e);
    }
  }

  private static void requireMetadata(SafetensorsFile file, String key, String expected) {
    String actual = metadata(file, key);
    if (!actual.equals(expected)) {
      throw wrong(
          file,
          "is not a statistics file that can be read: metadata '%s' is '%s', expected '%s'",
          key,
          actual,
          expected);
    }
  }

  private static String metadata(SafetensorsFile file, String key) {
    String value = file.metadata().get(key);
    if (value == null) {
      throw wrong(file, "is not a statistics file: metadata '%s' is missing", key);
    }
    return value;
  }

  private static void requireShape(SafetensorsFile file, String tensor, long... expected) {
    long[] actual = file.info(tensor).shape();
    if (!Arrays.equals(actual, expected)) {
      throw wrong(
          file,
          "tensor '%s' has shape %s, expected %s",
          tensor,
          Arrays.toString(actual),
          Arrays.toString(expected));
    }
  }

  private static void requireFinite(SafetensorsFile file, String tensor, double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw wrong(file, "tensor '%s' must be finite, was %s at index %d", tensor, values[i], i);
      }
    }
  }

  private static void requireGram(SafetensorsFile file, String tensor, double[] gram, int d) {
    for (int i = 0; i < d; i++) {
      if (gram[i * d + i] < 0) {
        throw wrong(
            file, "tensor '%s' has the negative square %s at %d", tensor, gram[i * d + i], i);
      }
      for (int j = 0; j < i; j++) {
        double allowed = ASYMMETRY * Math.max(gram[i * d + i], gram[j * d + j]);
        if (Math.abs(gram[i * d + j] - gram[j * d + i]) > allowed) {
          throw wrong(
              file,
              "tensor '%s' must be symmetric, was %s at [%d, %d] and %s at [%d, %d]",
              tensor,
              gram[i * d + j],
              i,
              j,
              gram[j * d + i],
              j,
              i);
        }
      }
    }
  }

  private static CheckpointException wrong(SafetensorsFile file, String what, Object... values) {
    return new CheckpointException(file.path(), what.formatted(values));
  }
}
