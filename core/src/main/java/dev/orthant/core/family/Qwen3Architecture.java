package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Reference;
import java.util.List;
import java.util.Set;

/** Qwen3, whose heads of queries and keys are normalised. */
public final class Qwen3Architecture implements ArchitectureFactory {

  private static final DecoderConfig.Family FAMILY =
      new DecoderConfig.Family("qwen3", null, true, false);

  /** For the service loader. */
  public Qwen3Architecture() {}

  @Override
  public String name() {
    return "qwen3";
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("Qwen3 Technical Report", "arXiv:2505.09388"));
  }

  @Override
  public String summary() {
    return "Decoder as Llama's, with normalised heads: Qwen3";
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
