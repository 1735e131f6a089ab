package dev.orthant.core.checkpoint;

import dev.orthant.core.spi.ShapeMismatchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads and writes adapter folders as Hugging Face PEFT does: {@code adapter_config.json} and
 * {@code adapter_model.safetensors}.
 *
 * <p>DoRA's magnitudes are read and written where the configuration says {@code use_dora}. PiSSA
 * and OLoRA are read, too, where PEFT did not convert them; like DoRA's, their deltas need the
 * base.
 *
 * <p>What PEFT would load in silence although it is wrong is refused here: tensors that plain LoRA
 * does not have, ranks that contradict the configuration, halves of a pair, values that are not
 * finite. MoSLoRA's mixer M ({@code lora_AB.weight} of its authors, {@code lora_mixer.weight} of
 * others) is folded exactly into A' = M A, in double precision; that a file stores it as [out, in]
 * is told by the ending {@code .weight}, which PaddleNLP's transposed files do not have.
 */
public final class PeftAdapterFolder {

  /** The name of the configuration. */
  public static final String CONFIG = "adapter_config.json";

  /** The name of the tensors' file. */
  public static final String WEIGHTS = "adapter_model.safetensors";

  private static final String PICKLED = "adapter_model.bin";
  private static final List<String> MIXERS = List.of("lora_AB.weight", "lora_mixer.weight");
  private static final List<String> PLAIN =
      List.of(
          PeftAdapter.A,
          PeftAdapter.B,
          PeftAdapter.B_BIAS,
          PeftAdapter.MAGNITUDE,
          PeftAdapter.EMBEDDING_A,
          PeftAdapter.EMBEDDING_B);

  private PeftAdapterFolder() {}

  /**
   * Reads a folder. Tensors are widened to single precision.
   *
   * @throws CheckpointException if a file is missing or malformed, or holds something that plain
   *     LoRA cannot express
   */
  public static PeftAdapter read(Path folder) {
    requireFiles(folder, false);
    Path file = folder.resolve(WEIGHTS);
    PeftConfigFile.Read config = PeftConfigFile.read(folder.resolve(CONFIG));
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      return adapter(file, config, tensors.names(), tensors::read);
    }
  }

  /**
   * Reads a folder that may be of an old version of PEFT, with {@code adapter_model.bin} instead,
   * which is a pickle. It is not run: it may ask for what tensors need and nothing else. Folders
   * with {@code adapter_model.safetensors} are read as {@link #read}.
   *
   * @throws CheckpointException as {@link #read}, or if the pickle asks for more
   */
  public static PeftAdapter readLegacy(Path folder) {
    Path pickled = folder.resolve(PICKLED);
    if (Files.exists(folder.resolve(WEIGHTS)) || !Files.isRegularFile(pickled)) {
      return read(folder);
    }
    requireFiles(folder, true);
    PeftConfigFile.Read config = PeftConfigFile.read(folder.resolve(CONFIG));
    Map<String, INDArray> tensors = TorchFile.read(pickled);
    return adapter(pickled, config, tensors.keySet(), tensors::get);
  }

  private static PeftAdapter adapter(
      Path file, PeftConfigFile.Read read, Set<String> keys, Function<String, INDArray> reader) {
    Map<String, Map<String, INDArray>> modules = new TreeMap<>();
    Map<String, INDArray> saved = new TreeMap<>();
    for (String key : keys) {
      if (PeftKey.isUntrained(key)) {
        continue;
      }
      PeftKey parsed = parse(file, key);
      INDArray tensor = reader.apply(key);
      requireFinite(file, key, tensor);
      Map<String, INDArray> into =
          parsed.isSaved()
              ? saved
              : modules.computeIfAbsent(parsed.module(), m -> new LinkedHashMap<>());
      INDArray before = into.put(parsed.name(), tensor);
      boolean same = parsed.isSaved() && before != null && PeftAdapter.hasSameBits(tensor, before);
      if (before != null && !same) {
        throw new CheckpointException(file, "holds tensor '%s' twice".formatted(parsed.text()));
      }
    }
    if (modules.isEmpty()) {
      throw new CheckpointException(file, "holds no lora_A and lora_B tensors");
    }
    List<String> warnings = new ArrayList<>(read.warnings());
    int folded = foldMixers(file, modules);
    if (folded > 0) {
      warnings.add("%s: folded the mixers of %d modules into lora_A".formatted(file, folded));
    } else if (read.expectsMixer()) {
      throw new CheckpointException(
          file, "holds no mixer (lora_AB.weight), but its configuration says that there is one");
    }
    try {
      TokenRows.of(read.config(), saved);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file, String.valueOf(e.getMessage()), e);
    }
    modules.forEach((module, tensors) -> requirePair(file, read.config(), module, tensors));
    return new PeftAdapter(read.config(), modules, saved, warnings);
  }

  private static void requireFiles(Path folder, boolean legacy) {
    if (!Files.isDirectory(folder)) {
      throw new CheckpointException(
          folder, Files.exists(folder) ? "is not a folder" : "there is no such folder");
    }
    if (!Files.isRegularFile(folder.resolve(CONFIG))) {
      List<Path> below = foldersBelow(folder);
      throw new CheckpointException(
          folder,
          "has no adapter_config.json, so it is not an adapter folder"
              + (below.isEmpty() ? "" : "; did you mean " + below.get(0) + "?"));
    }
    if (!legacy && !Files.isRegularFile(folder.resolve(WEIGHTS))) {
      boolean pickled = Files.exists(folder.resolve(PICKLED));
      throw new CheckpointException(
          folder,
          "has no adapter_model.safetensors"
              + (pickled
                  ? "; adapter_model.bin is a pickle, turn it into one with orthant import --allow-pickle"
                  : ""));
    }
  }

  private static List<Path> foldersBelow(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(e -> Files.isRegularFile(e.resolve(CONFIG))).sorted().toList();
    } catch (IOException e) {
      throw CheckpointException.reading(folder, e);
    }
  }

  private static PeftKey parse(Path file, String key) {
    PeftKey parsed;
    try {
      parsed = PeftKey.parse(key);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file, String.valueOf(e.getMessage()), e);
    }
    String name = parsed.name();
    boolean otherKind =
        name.contains(".lora_")
            || name.contains(".token_adapter.") && !name.endsWith(TokenRows.ENDING);
    if (parsed.isSaved() ? otherKind : !PLAIN.contains(name) && !MIXERS.contains(name)) {
      boolean paddle = List.of("lora_A", "lora_B", "lora_AB").contains(name);
      throw new CheckpointException(
          file,
          "tensor '%s' is not one of plain LoRA%s"
              .formatted(
                  key, paddle ? "; files of PaddleNLP store transposes and are not read" : ""));
    }
    return parsed;
  }

  private static void requireFinite(Path file, String key, INDArray tensor) {
    if (tensor.isEmpty()) {
      throw new CheckpointException(file, "tensor '%s' is empty".formatted(key));
    }
    float[] values = tensor.data().asFloat();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new CheckpointException(
            file,
            "tensor '%s' holds %s at index %d, expected finite numbers"
                .formatted(key, values[i], i));
      }
    }
  }

  private static int foldMixers(Path file, Map<String, Map<String, INDArray>> modules) {
    int folded = 0;
    for (Map.Entry<String, Map<String, INDArray>> e : modules.entrySet()) {
      for (String name : MIXERS) {
        INDArray mixer = e.getValue().remove(name);
        if (mixer != null) {
          if (e.getValue().containsKey(PeftAdapter.MAGNITUDE)) {
            throw new CheckpointException(
                file,
                "module '%s' has a mixer and a lora_magnitude_vector; what they mean together is not defined, MoSLoRA's code leaves the mixer out"
                    .formatted(e.getKey()));
          }
          String aName =
              e.getValue().containsKey(PeftAdapter.EMBEDDING_A)
                  ? PeftAdapter.EMBEDDING_A
                  : PeftAdapter.A;
          INDArray a = e.getValue().get(aName);
          if (a == null) {
            throw missing(file, e.getKey(), aName, name);
          }
          long rank = a.size(0);
          requireShape(file, new PeftKey(e.getKey(), name), mixer, rank, rank);
          INDArray product = mixer.castTo(DataType.DOUBLE).mmul(a.castTo(DataType.DOUBLE));
          e.getValue().put(aName, product.castTo(DataType.FLOAT).dup('c'));
          folded++;
        }
      }
    }
    return folded;
  }

  private static void requirePair(
      Path file, PeftConfig config, String module, Map<String, INDArray> tensors) {
    boolean embedding =
        tensors.containsKey(PeftAdapter.EMBEDDING_A)
            || tensors.containsKey(PeftAdapter.EMBEDDING_B);
    String aName = embedding ? PeftAdapter.EMBEDDING_A : PeftAdapter.A;
    String bName = embedding ? PeftAdapter.EMBEDDING_B : PeftAdapter.B;
    INDArray a = tensors.get(aName);
    INDArray b = tensors.get(bName);
    if (a == null || b == null) {
      throw missing(file, module, a == null ? aName : bName, a == null ? bName : aName);
    }
    INDArray magnitude = tensors.get(PeftAdapter.MAGNITUDE);
    if (config.usesDora() != (magnitude != null)) {
      throw new CheckpointException(
          file,
          "module '%s' has %s, but use_dora is %s in its configuration"
              .formatted(
                  module,
                  magnitude == null ? "no lora_magnitude_vector" : "a lora_magnitude_vector",
                  config.usesDora()));
    }
    INDArray bias = tensors.get(PeftAdapter.B_BIAS);
    if (!embedding && config.usesLoraBias() != (bias != null)) {
      throw new CheckpointException(
          file,
          "module '%s' has %s, but lora_bias is %s in its configuration"
              .formatted(
                  module,
                  bias == null ? "no lora_B.bias" : "a lora_B.bias",
                  config.usesLoraBias()));
    }
    int others = (magnitude == null ? 0 : 1) + (bias == null ? 0 : 1);
    if (tensors.size() != 2 + others || embedding && others > 0) {
      throw new CheckpointException(
          file,
          "module '%s' has the tensors %s, expected one pair".formatted(module, tensors.keySet()));
    }
    requireLength(file, new PeftKey(module, PeftAdapter.MAGNITUDE), magnitude, b.size(0));
    requireLength(file, new PeftKey(module, PeftAdapter.B_BIAS), bias, b.size(0));
    int rank = config.rankOf(module);
    requireShape(file, new PeftKey(module, aName), a, rank, -1);
    requireShape(file, new PeftKey(module, bName), b, -1, rank);
  }

  private static void requireLength(
      Path file, PeftKey key, @Nullable INDArray vector, long length) {
    if (vector != null && (vector.rank() != 1 || vector.length() != length)) {
      throw new CheckpointException(
          file,
          "tensor '%s' has shape %s, expected [%d]"
              .formatted(key.text(), Arrays.toString(vector.shape()), length));
    }
  }

  private static CheckpointException missing(
      Path file, String module, String missing, String there) {
    return new CheckpointException(
        file,
        "module '%s' has %s but no tensor '%s'"
            .formatted(module, there, new PeftKey(module, missing).text()));
  }

  /** A size of -1 is any. */
  private static void requireShape(
      Path file, PeftKey key, INDArray tensor, long rows, long columns) {
    boolean fits =
        tensor.rank() == 2
            && (rows < 0 || tensor.size(0) == rows)
            && (columns < 0 || tensor.size(1) == columns);
    if (!fits) {
      throw new CheckpointException(
          file,
          "tensor '%s' has shape %s, expected [%s, %s] with the rank of its configuration"
              .formatted(
                  key.text(),
                  Arrays.toString(tensor.shape()),
                  rows < 0 ? "dOut" : rows,
                  columns < 0 ? "dIn" : columns));
    }
  }

  /**
   * Writes a new folder, which appears complete or not at all.
   *
   * @throws CheckpointException if there is a folder with something in it, or it cannot be written
   * @throws IllegalArgumentException if the tensors and the configuration contradict each other
   */
  public static void write(Path folder, PeftAdapter adapter) {
    AtomicFolder.write(folder, false, into -> writeInto(into, adapter));
  }

  /**
   * Writes the two files into a folder that exists; for {@link AtomicFolder}, when more files
   * belong to the adapter.
   *
   * @throws CheckpointException if a file cannot be written
   * @throws IllegalArgumentException if the tensors and the configuration contradict each other
   */
  public static void writeInto(Path folder, PeftAdapter adapter) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
    adapter
        .modules()
        .forEach(
            (module, tensors) -> {
              requireRank(adapter.config(), module, tensors);
              tensors.forEach((name, t) -> writer.add(new PeftKey(module, name).text(), t));
            });
    Set<String> adapted = adapter.modules().keySet();
    adapter.saved().forEach((name, t) -> writer.add(new PeftKey("", name).text(adapted), t));
    writer.write(folder.resolve(WEIGHTS));
    AtomicFile.write(folder.resolve(CONFIG), PeftConfigFile.text(adapter.config()));
  }

  private static void requireRank(PeftConfig config, String module, Map<String, INDArray> tensors) {
    for (String name : List.of(PeftAdapter.A, PeftAdapter.EMBEDDING_A)) {
      INDArray a = tensors.get(name);
      if (a != null && a.size(0) != config.rankOf(module)) {
        throw new ShapeMismatchException(
            new PeftKey(module, name).text(),
            new long[] {config.rankOf(module), a.size(1)},
            a.shape());
      }
    }
  }
}
