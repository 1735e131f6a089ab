package dev.orthant.merge;

/**
 * The last two steps of TIES on elements that are trimmed already: elect a sign, then combine the
 * inputs that agree with it.
 *
 * @param vote on what the sign is elected
 * @param reduction what is made of the agreeing elements
 * @param signOfZero the sign where the votes cancel out, +1 or -1
 */
record DisjointMerge(Vote vote, Reduction reduction, int signOfZero) implements Combination {

  /** What is summed up to elect a sign; an input agrees if this has the elected sign. */
  enum Vote {
    /** {@code w_i x_i}. */
    WEIGHTED,
    /** {@code x_i}. */
    UNWEIGHTED
  }

  /** What is made of the agreeing elements; zero where no input agrees. */
  enum Reduction {
    /** {@code sum w_i x_i / sum |w_i|} over the agreeing inputs. */
    MEAN,
    /**
     * {@code sum w_i x_i / sum w_i} over the agreeing inputs; not divided if the weights cancel.
     */
    MEAN_BY_SUM,
    /** {@code sum w_i x_i} over the agreeing inputs, divided by their number. */
    MEAN_BY_COUNT,
    /** {@code sum w_i x_i} over the agreeing inputs. */
    SUM,
    /** The greatest {@code |w_i x_i|} of the agreeing inputs, with the elected sign. */
    MAX
  }

  @Override
  public void combine(float[][] tiles, double[] weights, double[] out, int length) {
    for (int k = 0; k < length; k++) {
      out[k] = disjointMerge(tiles, weights, k, electSign(tiles, weights, k));
    }
  }

  /** +1 or -1; {@link #signOfZero} if the votes cancel out. */
  private int electSign(float[][] tiles, double[] weights, int k) {
    int sign = signOfVotes(tiles, weights, k);
    return sign == 0 ? signOfZero : sign;
  }

  /** +1, -1, or 0 if the votes cancel out. */
  int signOfVotes(float[][] tiles, double[] weights, int k) {
    double sum = 0;
    for (int i = 0; i < tiles.length; i++) {
      sum += ballot(tiles[i][k], weights[i]);
    }
    return sum > 0 ? 1 : sum < 0 ? -1 : 0;
  }

  private double disjointMerge(float[][] tiles, double[] weights, int k, int sign) {
    double sum = 0;
    double magnitudes = 0;
    double signed = 0;
    double largest = 0;
    int agreeing = 0;
    for (int i = 0; i < tiles.length; i++) {
      if (ballot(tiles[i][k], weights[i]) * sign > 0) {
        double value = weights[i] * tiles[i][k];
        sum += value;
        magnitudes += Math.abs(weights[i]);
        signed += weights[i];
        largest = Math.max(largest, Math.abs(value));
        agreeing++;
      }
    }
    if (agreeing == 0) {
      return 0;
    }
    return switch (reduction) {
      case MEAN -> sum / magnitudes;
      case MEAN_BY_SUM -> signed == 0 ? sum : sum / signed;
      case MEAN_BY_COUNT -> sum / agreeing;
      case SUM -> sum;
      case MAX -> sign * largest;
    };
  }

  private double ballot(float value, double weight) {
    return vote == Vote.WEIGHTED ? weight * value : value;
  }
}
