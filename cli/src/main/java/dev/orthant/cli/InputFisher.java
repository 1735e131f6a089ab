package dev.orthant.cli;

import dev.orthant.core.checkpoint.SafetensorsFile;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The diagonal Fisher information of the inputs' weights, for mergers that ask for it: safetensors
 * files with tensors of the names and shapes that the model has.
 *
 * @param files one an input; empty if there are none
 */
record InputFisher(List<Path> files) {

  private static final String WEIGHT = ".weight";

  /** Of one adapter, by the names that it has for its modules, as for its statistics. */
  Map<String, Supplier<INDArray>> ofModules(int index, Collection<String> modules) {
    Map<String, Supplier<INDArray>> found = new LinkedHashMap<>();
    for (String there : names(index)) {
      for (String module : modules) {
        String tensor = module + WEIGHT;
        if (tensor.equals(there) || tensor.endsWith("." + there) || there.endsWith("." + tensor)) {
          found.put(module, tensor(index, there));
        }
      }
    }
    return found;
  }

  /** Of one model, by tensor. */
  Map<String, Supplier<INDArray>> ofTensors(int index) {
    Map<String, Supplier<INDArray>> found = new LinkedHashMap<>();
    names(index).forEach(name -> found.put(name, tensor(index, name)));
    return found;
  }

  private Set<String> names(int index) {
    if (files.isEmpty()) {
      return Set.of();
    }
    try (SafetensorsFile file = SafetensorsFile.open(files.get(index))) {
      return Set.copyOf(file.names());
    }
  }

  private Supplier<INDArray> tensor(int index, String name) {
    return () -> {
      try (SafetensorsFile file = SafetensorsFile.open(files.get(index))) {
        return file.read(name);
      }
    };
  }
}
