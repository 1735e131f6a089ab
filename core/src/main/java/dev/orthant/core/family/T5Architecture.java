package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Reference;
import java.util.List;
import java.util.Set;

/** T5 and what has its layout: T5 1.1, Flan-T5, mT5. */
public final class T5Architecture implements ArchitectureFactory {

  /** For the service loader. */
  public T5Architecture() {}

  @Override
  public String name() {
    return "t5";
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
            "arXiv:1910.10683"));
  }

  @Override
  public String summary() {
    return "Encoder-decoder with relative positions: T5, T5 1.1, Flan-T5, mT5";
  }

  @Override
  public Set<String> modelTypes() {
    return Set.of("t5", "mt5");
  }

  @Override
  public Transformer load(JsonNode config, TensorSource weights, LoadSettings settings) {
    return T5Model.load(T5Config.of(config), weights, settings);
  }
}
