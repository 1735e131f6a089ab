package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Reference;
import java.util.List;
import java.util.Set;

/** BERT and what has its layout: MiniLM, bge, e5. */
public final class BertArchitecture implements ArchitectureFactory {

  /** For the service loader. */
  public BertArchitecture() {}

  @Override
  public String name() {
    return "bert";
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
            "arXiv:1810.04805"));
  }

  @Override
  public String summary() {
    return "Post-norm encoder with absolute positions: BERT, MiniLM, bge, e5";
  }

  @Override
  public Set<String> modelTypes() {
    return Set.of("bert");
  }

  @Override
  public Transformer load(JsonNode config, TensorSource weights, LoadSettings settings) {
    return BertEncoder.load(EncoderConfig.of(config), weights, settings);
  }
}
