package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Reference;
import java.util.List;
import java.util.Set;

/** Qwen2 and Qwen2.5, whose queries, keys and values have biases. */
public final class Qwen2Architecture implements ArchitectureFactory {

  private static final DecoderConfig.Family FAMILY =
      new DecoderConfig.Family("qwen2", true, false, false);

  /** For the service loader. */
  public Qwen2Architecture() {}

  @Override
  public String name() {
    return "qwen2";
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("Qwen2.5 Technical Report", "arXiv:2412.15115"));
  }

  @Override
  public String summary() {
    return "Decoder as Llama's, with biases of queries, keys and values: Qwen2, Qwen2.5";
  }

  @Override
  public Set<String> modelTypes() {
    return Set.of(FAMILY.modelType());
  }

  @Override
  public Transformer load(JsonNode config, TensorSource weights, LoadSettings settings) {
    return GatedDecoder.load(name(), DecoderConfig.of(config, FAMILY), weights, settings);
  }
}
