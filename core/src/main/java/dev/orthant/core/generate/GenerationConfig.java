package dev.orthant.core.generate;

import dev.orthant.core.config.Default;

/**
 * How to write. The words and the defaults are those of Hugging Face's transformers, but for the
 * number of tokens.
 *
 * @param maxNewTokens the most tokens to write, at least 1
 * @param numBeams texts that a beam search follows; 1 for the most probable token at each step
 * @param lengthPenalty a text's sum of log-probabilities is divided by its number of tokens to this
 *     power, so more of it means longer texts; for beam search
 * @param doSample whether tokens are drawn; not with several beams
 * @param temperature what scores are divided by before drawing, positive
 * @param topK draw from so many of the most probable tokens; 0 for all
 * @param topP draw from the most probable tokens that together have at least this probability, in
 *     (0, 1]
 * @param seed of the draws
 */
public record GenerationConfig(
    @Default("64") int maxNewTokens,
    @Default("1") int numBeams,
    @Default("1.0") double lengthPenalty,
    @Default("false") boolean doSample,
    @Default("1.0") double temperature,
    @Default("50") int topK,
    @Default("1.0") double topP,
    @Default("0") long seed) {

  /** Checks every range. */
  public GenerationConfig {
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("max_new_tokens must be at least 1, was " + maxNewTokens);
    }
    if (numBeams < 1) {
      throw new IllegalArgumentException("num_beams must be at least 1, was " + numBeams);
    }
    if (!Double.isFinite(lengthPenalty)) {
      throw new IllegalArgumentException("length_penalty must be finite, was " + lengthPenalty);
    }
    if (doSample && numBeams > 1) {
      throw new IllegalArgumentException(
          "do_sample needs num_beams 1, was %d; drawing in a beam search is not supported"
              .formatted(numBeams));
    }
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must be positive, was " + temperature);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top_k must be at least 0, was " + topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top_p must be in (0, 1], was " + topP);
    }
  }

  /** The most probable token at each step. */
  public static GenerationConfig greedy(int maxNewTokens) {
    return new GenerationConfig(maxNewTokens, 1, 1, false, 1, 50, 1, 0);
  }

  /** A search of so many beams. */
  public static GenerationConfig beams(int maxNewTokens, int numBeams, double lengthPenalty) {
    return new GenerationConfig(maxNewTokens, numBeams, lengthPenalty, false, 1, 50, 1, 0);
  }

  /** The same with another number of tokens. */
  public GenerationConfig withMaxNewTokens(int tokens) {
    return new GenerationConfig(
        tokens, numBeams, lengthPenalty, doSample, temperature, topK, topP, seed);
  }
}
