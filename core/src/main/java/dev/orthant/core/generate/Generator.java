package dev.orthant.core.generate;

import dev.orthant.core.nn.LogSoftmax;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;

/** Writes on after a prompt, until a token that ends texts or the most tokens are reached. */
public final class Generator {

  private final GenerationConfig config;
  private final Set<Integer> ends;

  /**
   * @param ends tokens that end a text; may be empty
   */
  public Generator(GenerationConfig config, Set<Integer> ends) {
    this.config = config;
    this.ends = Set.copyOf(ends);
  }

  /**
   * Writes one text.
   *
   * @param prompt of one text, which it leaves at its end
   */
  public Generated generate(Decoding prompt) {
    if (config.numBeams() > 1) {
      return new BeamSearch(prompt, config, ends).search(config.maxNewTokens());
    }
    Sampler sampler = new Sampler(config);
    SplittableRandom random = new SplittableRandom(config.seed());
    int[] text = new int[config.maxNewTokens()];
    int length = 0;
    double sum = 0;
    while (true) {
      float[] scores = prompt.scores()[0];
      int token =
          config.doSample()
              ? sampler.draw(scores, random)
              : Ranking.best(LogSoftmax.of(scores), 1)[0];
      sum += LogSoftmax.of(scores, token);
      text[length++] = token;
      if (length == text.length || ends.contains(token)) {
        return new Generated(Arrays.copyOf(text, length), sum);
      }
      prompt.append(new int[] {0}, new int[] {token});
    }
  }
}
