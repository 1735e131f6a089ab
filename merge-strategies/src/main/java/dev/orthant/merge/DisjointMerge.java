package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;
import java.util.Arrays;

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

  /*
   * With the elected sign s, an input of ballot b agrees if s b is above 0. Half of all inputs do,
   * at random, so nothing here branches on it.
   */

  @Override
  public Step with(double[] weights) {
    double[] signs = new double[ElementTiles.TILE];
    double[] divisors = new double[ElementTiles.TILE];
    return (tiles, out, length) -> {
      electSigns(tiles, weights, signs, length);
      Arrays.fill(out, 0, length, 0);
      Arrays.fill(divisors, 0, length, 0);
      for (int i = 0; i < tiles.length; i++) {
        if (reduction == Reduction.MAX) {
          maximise(tiles[i], weights[i], signs, out, length);
        } else {
          addUp(tiles[i], weights[i], signs, out, divisors, length);
        }
      }
      for (int k = 0; k < length; k++) {
        out[k] = signs[k] * out[k] / Branchless.orOne(divisors[k]) + 0.0; // no negative zeros
      }
    };
  }

  /** Overwrites the sums of all votes with +1 or -1; {@link #signOfZero} if votes cancel out. */
  private void electSigns(float[][] tiles, double[] weights, double[] signs, int length) {
    countVotes(tiles, weights, signs, length);
    for (int k = 0; k < length; k++) {
      signs[k] = Branchless.sign(signs[k], signOfZero);
    }
  }

  /** {@code sum_i w_i x_i}, or without the weights. */
  void countVotes(float[][] tiles, double[] weights, double[] votes, int length) {
    Arrays.fill(votes, 0, length, 0);
    for (int i = 0; i < tiles.length; i++) {
      float[] tile = tiles[i];
      double weight = voteWeight(weights[i]);
      for (int k = 0; k < length; k++) {
        votes[k] += weight * tile[k];
      }
    }
  }

  private void addUp(
      float[] tile, double weight, double[] signs, double[] sums, double[] divisors, int length) {
    double voteWeight = voteWeight(weight);
    double factor = vote == Vote.WEIGHTED ? 1 : weight;
    double share = share(weight);
    for (int k = 0; k < length; k++) {
      double agreement = signs[k] * (voteWeight * tile[k]);
      sums[k] += Branchless.ifPositive(agreement, factor * agreement);
      divisors[k] += Branchless.ifPositive(agreement, share);
    }
  }

  private void maximise(float[] tile, double weight, double[] signs, double[] maxima, int length) {
    double voteWeight = voteWeight(weight);
    double factor = vote == Vote.WEIGHTED ? 1 : Math.abs(weight);
    for (int k = 0; k < length; k++) {
      double agreement = signs[k] * (voteWeight * tile[k]);
      maxima[k] = Math.max(maxima[k], factor * agreement); // below 0 if it does not agree
    }
  }

  private double voteWeight(double weight) {
    return vote == Vote.WEIGHTED ? weight : 1;
  }

  /** What an agreeing input adds to the divisor. */
  private double share(double weight) {
    return switch (reduction) {
      case MEAN -> Math.abs(weight);
      case MEAN_BY_SUM -> weight;
      case MEAN_BY_COUNT -> 1;
      case SUM, MAX -> 0;
    };
  }
}
