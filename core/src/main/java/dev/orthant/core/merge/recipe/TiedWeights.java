package dev.orthant.core.merge.recipe;

import java.util.Collection;
import java.util.List;

/** Tensors with a row for each token; output matrices are the embeddings where they are tied. */
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

  private static final List<String> BIASES =
      List.of(
          "lm_head.bias",
          "lm_head.decoder.bias",
          "cls.predictions.bias",
          "cls.predictions.decoder.bias");

  private TiedWeights() {}

  /** Whether a tensor is the embeddings of tokens. */
  static boolean isEmbedding(String tensor) {
    return EMBEDDINGS.stream().anyMatch(tensor::endsWith);
  }

  /** Whether a tensor has a row for each token. */
  static boolean isOfTokens(String tensor) {
    return isEmbedding(tensor)
        || OUTPUTS.stream().anyMatch(tensor::endsWith)
        || BIASES.stream().anyMatch(tensor::endsWith);
  }

  /** Whether a tensor is an output matrix of a model that has embeddings to tie it to. */
  static boolean isTied(String tensor, Collection<String> model) {
    return OUTPUTS.stream().anyMatch(tensor::endsWith)
        && model.stream().anyMatch(name -> EMBEDDINGS.stream().anyMatch(name::endsWith));
  }
}
