package dev.orthant.core.merge.recipe;

import java.util.Collection;
import java.util.List;

/** Output matrices that are the input embeddings in models that tie the two. */
final class TiedWeights {

  private static final List<String> OUTPUTS =
      List.of(
          "lm_head.weight",
          "lm_head.decoder.weight",
          "cls.predictions.decoder.weight",
          "embed_out.weight");
  private static final List<String> EMBEDDINGS =
      List.of(
          "embed_tokens.weight",
          "wte.weight",
          "word_embeddings.weight",
          "shared.weight",
          "embed_in.weight");

  private TiedWeights() {}

  /** Whether a tensor is an output matrix of a model that has embeddings to tie it to. */
  static boolean isTied(String tensor, Collection<String> model) {
    return OUTPUTS.stream().anyMatch(tensor::endsWith)
        && model.stream().anyMatch(name -> EMBEDDINGS.stream().anyMatch(name::endsWith));
  }
}
