package dev.orthant.core.features;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.features.FisherInformation.Kind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Fisher information as a safetensors file: for each module {@code MODULE.weight} [dOut, dIn] in
 * single precision. The metadata are {@code format = orthant-fisher}, {@code version}, {@code
 * task}, {@code information} (exact or batch-sum), {@code examples}, {@code batch_size}, {@code
 * base_fingerprint} and {@code tokenizer_fingerprint}.
 */
public final class FisherFile {

  private static final String FORMAT = "orthant-fisher";
  private static final String VERSION = "1";
  private static final String WEIGHT = ".weight";

  private FisherFile() {}

  /** The name of the side file in an adapter folder. */
  public static String name(Kind kind) {
    return kind == Kind.EXACT ? "fisher.safetensors" : "fisher-" + kind.word() + ".safetensors";
  }

  /**
   * Writes a file; one that is there is replaced.
   *
   * @throws CheckpointException if it cannot be written
   */
  public static void write(Path file, FisherInformation information) {
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .metadata("format", FORMAT)
            .metadata("version", VERSION)
            .metadata("task", information.task())
            .metadata("information", information.kind().word())
            .metadata("examples", Integer.toString(information.examples()))
            .metadata("batch_size", Integer.toString(information.batchSize()))
            .metadata("base_fingerprint", information.source().base())
            .metadata("tokenizer_fingerprint", information.source().tokenizer());
    information.modules().forEach((module, values) -> writer.add(module + WEIGHT, values));
    writer.write(file);
  }

  /**
   * Reads a file.
   *
   * @throws CheckpointException if it is not one of ours, or its numbers cannot be mean squares
   */
  public static FisherInformation read(Path file) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      require(tensors, "format", FORMAT);
      require(tensors, "version", VERSION);
      Kind kind =
          kind(tensors)
              .orElseThrow(() -> wrong(file, "information", "expected 'exact' or 'batch-sum'"));
      Map<String, INDArray> modules = new LinkedHashMap<>();
      for (String name : tensors.names()) {
        if (!name.endsWith(WEIGHT)) {
          throw new CheckpointException(file, "has a tensor '%s' of no weights".formatted(name));
        }
        INDArray values = tensors.read(name);
        double least = values.minNumber().doubleValue();
        if (!(least >= 0) || !Double.isFinite(values.maxNumber().doubleValue())) {
          throw new CheckpointException(
              file, "tensor '%s' must have finite squares, the least is %s".formatted(name, least));
        }
        modules.put(name.substring(0, name.length() - WEIGHT.length()), values);
      }
      return new FisherInformation(
          metadata(tensors, "task"),
          new FisherInformation.Source(
              metadata(tensors, "base_fingerprint"), metadata(tensors, "tokenizer_fingerprint")),
          kind,
          number(tensors, "examples"),
          number(tensors, "batch_size"),
          modules);
    }
  }

  /** The kind of information in any safetensors file; empty if it does not say. */
  public static Optional<Kind> kind(SafetensorsFile file) {
    String word = file.metadata().get("information");
    for (Kind kind : Kind.values()) {
      if (kind.word().equals(word)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  private static int number(SafetensorsFile tensors, String key) {
    String text = metadata(tensors, key);
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw wrong(tensors.path(), key, "expected a number, was '" + text + "'");
    }
  }

  private static void require(SafetensorsFile tensors, String key, String expected) {
    String actual = metadata(tensors, key);
    if (!actual.equals(expected)) {
      throw wrong(tensors.path(), key, "expected '%s', was '%s'".formatted(expected, actual));
    }
  }

  private static String metadata(SafetensorsFile tensors, String key) {
    String value = tensors.metadata().get(key);
    if (value == null) {
      throw wrong(tensors.path(), key, "it is missing");
    }
    return value;
  }

  private static CheckpointException wrong(Path file, String key, String why) {
    return new CheckpointException(
        file, "is not a file of Fisher information: metadata '%s', %s".formatted(key, why));
  }
}
