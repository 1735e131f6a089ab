package dev.orthant.core.generate;

import dev.orthant.core.nn.LogSoftmax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Follows the most probable texts side by side, as transformers 4.38 and later do without early
 * stopping.
 *
 * <p>At each step the most probable {@code max(2, 1 + ends) * beams} continuations of all beams are
 * looked at in their order. One that ends a text is finished, if it is among the first {@code
 * beams}; the others go on until there are {@code beams} of them. Of the finished texts the best
 * {@code beams} are kept, by the sum of their log-probabilities divided by the number of their
 * tokens to the length penalty. The search is over when the worst of those is at least as good as
 * the best continuation is at its length. Texts that are not finished after the last token compete
 * with those that are.
 */
final class BeamSearch {

  private final Decoding decoding;
  private final int beams;
  private final double lengthPenalty;
  private final Set<Integer> ends;
  private final List<Generated> finished = new ArrayList<>(); // best first
  private int[][] texts;
  private double[] sums; // [beams], of log-probabilities

  /**
   * @param decoding of the prompt alone, once
   */
  BeamSearch(Decoding decoding, GenerationConfig config, Set<Integer> ends) {
    this.decoding = decoding;
    this.beams = config.numBeams();
    this.lengthPenalty = config.lengthPenalty();
    this.ends = ends;
    this.texts = new int[1][0];
    this.sums = new double[1];
  }

  Generated search(int maxNewTokens) {
    for (int length = 1; length <= maxNewTokens; length++) {
      List<Candidate> candidates = candidates();
      List<Candidate> going = new ArrayList<>();
      for (int rank = 0; rank < candidates.size() && going.size() < beams; rank++) {
        Candidate candidate = candidates.get(rank);
        if (!ends.contains(candidate.token)) {
          going.add(candidate);
        } else if (rank < beams) {
          finish(written(candidate), candidate.sum);
        }
      }
      boolean over = isOver(candidates.get(0).sum, length) || going.isEmpty();
      if (over) {
        return finished.get(0);
      }
      goOn(going, length < maxNewTokens);
    }
    for (int i = 0; i < texts.length; i++) {
      finish(texts[i], sums[i]);
    }
    return finished.get(0);
  }

  /** A token behind a text. */
  private record Candidate(int text, int token, double sum) {}

  /** The best, best first; of equal ones the one of the earlier text and the smaller token. */
  private List<Candidate> candidates() {
    float[][] scores = decoding.scores();
    int wanted = Math.max(2, 1 + ends.size()) * beams;
    List<Candidate> all = new ArrayList<>();
    for (int text = 0; text < texts.length; text++) {
      double[] logs = LogSoftmax.of(scores[text]);
      for (int token : Ranking.best(logs, wanted)) {
        all.add(new Candidate(text, token, sums[text] + logs[token]));
      }
    }
    all.sort(Comparator.comparingDouble(Candidate::sum).reversed());
    return all.subList(0, Math.min(wanted, all.size()));
  }

  private void goOn(List<Candidate> going, boolean more) {
    int[][] longer = new int[going.size()][];
    double[] sumsThen = new double[longer.length];
    int[] from = new int[longer.length];
    int[] tokens = new int[longer.length];
    for (int i = 0; i < longer.length; i++) {
      Candidate candidate = going.get(i);
      longer[i] = written(candidate);
      sumsThen[i] = candidate.sum;
      from[i] = candidate.text;
      tokens[i] = candidate.token;
    }
    texts = longer;
    sums = sumsThen;
    if (more) {
      decoding.append(from, tokens);
    }
  }

  private int[] written(Candidate candidate) {
    int[] text = texts[candidate.text];
    int[] longer = Arrays.copyOf(text, text.length + 1);
    longer[text.length] = candidate.token;
    return longer;
  }

  private void finish(int[] text, double sum) {
    finished.add(new Generated(text, sum / Math.pow(text.length, lengthPenalty)));
    finished.sort(Comparator.comparingDouble(Generated::score).reversed());
    if (finished.size() > beams) {
      finished.remove(beams);
    }
  }

  private boolean isOver(double bestSum, int length) {
    return finished.size() == beams
        && finished.get(beams - 1).score() >= bestSum / Math.pow(length, lengthPenalty);
  }
}
