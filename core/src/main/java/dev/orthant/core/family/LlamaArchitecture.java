package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Reference;
import java.util.List;
import java.util.Set;

/** Llama 2 and 3, and what has their layout. */
public final class LlamaArchitecture implements ArchitectureFactory {

  private static final DecoderConfig.Family FAMILY =
      new DecoderConfig.Family("llama", null, false, false);

  /** For the service loader. */
  public LlamaArchitecture() {}

  @Override
  public String name() {
    return "llama";
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("The Llama 3 Herd of Models", "arXiv:2407.21783"));
  }

  @Override
  public String summary() {
    return "Decoder with gates, RMS norms and rotations: Llama 2, 3, 3.1, 3.2";
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
