package dev.orthant.cli;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.features.FisherFile;
import dev.orthant.core.features.FisherInformation.Kind;
import dev.orthant.core.merge.ConfiguredMerge;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.spi.MergerTraits.Need;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The diagonal Fisher information of the inputs' weights, for mergers that ask for it: safetensors
 * files with tensors of the names and shapes that the model has. Those named on the command line,
 * or those that lie in the inputs' folders.
 *
 * @param files one an input; empty for those in the folders
 */
record InputFisher(List<Path> files) {

  private static final String WEIGHT = ".weight";

  /** The kind of information that a merger reads; empty for none. */
  static Optional<Kind> asked(Catalog catalog, MergerSpec merger) {
    Set<Need> needs = new ConfiguredMerge(catalog, new ConfigDecoder()).traits(merger).needs();
    return needs.contains(Need.FISHER)
        ? Optional.of(Kind.EXACT)
        : needs.contains(Need.FISHER_BATCH_SUM) ? Optional.of(Kind.BATCH_SUM) : Optional.empty();
  }

  /**
   * Of one adapter, by the names that it has for its modules, as for its statistics.
   *
   * @param asked the kind of information; empty if none is asked for
   */
  Map<String, Supplier<INDArray>> ofModules(
      int index, Path input, Optional<Kind> asked, Collection<String> modules) {
    if (asked.isEmpty()) {
      return Map.of();
    }
    Kind kind = asked.get();
    Path file = file(index, input, kind);
    Map<String, Supplier<INDArray>> found = new LinkedHashMap<>();
    for (String there : names(file, kind)) {
      for (String module : modules) {
        String tensor = module + WEIGHT;
        if (tensor.equals(there) || tensor.endsWith("." + there) || there.endsWith("." + tensor)) {
          found.put(module, tensor(file, there));
        }
      }
    }
    return found;
  }

  /**
   * Of one model, by tensor.
   *
   * @param asked the kind of information; empty if none is asked for
   */
  Map<String, Supplier<INDArray>> ofTensors(int index, Path input, Optional<Kind> asked) {
    if (asked.isEmpty()) {
      return Map.of();
    }
    Kind kind = asked.get();
    Path file = file(index, input, kind);
    Map<String, Supplier<INDArray>> found = new LinkedHashMap<>();
    names(file, kind).forEach(name -> found.put(name, tensor(file, name)));
    return found;
  }

  /** The file of one input; empty if none is asked for or there. */
  Optional<Path> file(int index, Path input, Optional<Kind> asked) {
    return asked.map(kind -> file(index, input, kind)).filter(Files::exists);
  }

  private Path file(int index, Path input, Kind kind) {
    return files.isEmpty() ? input.resolve(FisherFile.name(kind)) : files.get(index);
  }

  private Set<String> names(Path path, Kind kind) {
    if (files.isEmpty() && !Files.exists(path)) {
      return Set.of();
    }
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      Kind there = FisherFile.kind(file).orElse(kind); // files of others do not say
      if (there != kind) {
        throw new CheckpointException(
            path, "is %s information, asked for is %s".formatted(there.word(), kind.word()));
      }
      return Set.copyOf(file.names());
    }
  }

  private static Supplier<INDArray> tensor(Path path, String name) {
    return () -> {
      try (SafetensorsFile file = SafetensorsFile.open(path)) {
        return file.read(name);
      }
    };
  }
}
