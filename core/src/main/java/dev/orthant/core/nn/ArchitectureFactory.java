package dev.orthant.core.nn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.spi.Component;
import dev.orthant.core.spi.Experimental;
import java.util.Set;

/** A family of models: reads checkpoints of some {@code model_type}s. */
@Experimental
public interface ArchitectureFactory extends Component<LoadSettings> {

  /** The values of {@code model_type} in {@code config.json} that this family reads. */
  Set<String> modelTypes();

  @Override
  default LoadSettings defaults() {
    return LoadSettings.defaults();
  }

  /**
   * Reads a model. Tensors that the family does not have are ignored.
   *
   * @param config the contents of {@code config.json}
   * @param weights by name
   * @throws IllegalArgumentException naming every field of the configuration that is not supported,
   *     or every tensor that is missing or misshapen
   */
  Transformer load(JsonNode config, TensorSource weights, LoadSettings settings);
}
