package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Reference;
import java.util.List;
import java.util.Set;

/** Mistral, whose tokens see a window of those before them. */
public final class MistralArchitecture implements ArchitectureFactory {

  private static final DecoderConfig.Family FAMILY =
      new DecoderConfig.Family("mistral", false, false, true);

  /** For the service loader. */
  public MistralArchitecture() {}

  @Override
  public String name() {
    return "mistral";
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("Mistral 7B", "arXiv:2310.06825"));
  }

  @Override
  public String summary() {
    return "Decoder as Llama's, with a sliding window: Mistral";
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
