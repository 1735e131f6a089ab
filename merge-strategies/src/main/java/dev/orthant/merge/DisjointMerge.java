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
   * With the elected sign s, an input of ballot b agrees if s b is above 0. Half of all inputs do, at
   * random, so nothing here branches on it: the positive part of x is (x + |x|) / 2, and whether x
   * is 0 or not is min(|x| HUGE, 1). Loops of such arithmetic on doubles run on vectors, which is
   * why tiles are converted first. All of it is exact.
   */

  private static final double HUGE = 1e300; // times any float but 0, with any sane weight: above 1

  @Override
  public Step with(double[] weights) {
    double[][] ballots = new double[weights.length][ElementTiles.TILE];
    double[] signs = new double[ElementTiles.TILE];
    double[] divisors = new double[ElementTiles.TILE];
    return (tiles, out, length) -> {
      Arrays.fill(signs, 0, length, 0);
      for (int i = 0; i < tiles.length; i++) {
        fillBallots(tiles[i], voteWeight(weights[i]), ballots[i], length);
        add(ballots[i], signs, length);
      }
      electSigns(signs, length);
      Arrays.fill(out, 0, length, 0);
      Arrays.fill(divisors, 0, length, 0);
      for (int i = 0; i < tiles.length; i++) {
        if (reduction == Reduction.MAX) {
          maximise(ballots[i], weights[i], signs, out, length);
        } else {
          addUp(ballots[i], weights[i], signs, out, divisors, length);
        }
      }
      divide(out, signs, divisors, length);
    };
  }

  private static void fillBallots(float[] tile, double weight, double[] ballots, int length) {
    for (int k = 0; k < length; k++) {
      ballots[k] = weight * tile[k];
    }
  }

  private static void add(double[] ballots, double[] votes, int length) {
    for (int k = 0; k < length; k++) {
      votes[k] += ballots[k];
    }
  }

  /** Overwrites the sums of all votes with +1 or -1; {@link #signOfZero} if votes cancel out. */
  private void electSigns(double[] signs, int length) {
    double ofZero = signOfZero;
    for (int k = 0; k < length; k++) {
      double sign = Math.max(-1, Math.min(1, signs[k] * HUGE));
      signs[k] = sign + (1 - Math.abs(sign)) * ofZero;
    }
  }

  private static void divide(double[] sums, double[] signs, double[] divisors, int length) {
    for (int k = 0; k < length; k++) {
      double divisor = divisors[k] + (1 - Math.min(1, Math.abs(divisors[k]) * HUGE)); // or 1
      sums[k] = signs[k] * sums[k] / divisor + 0.0; // no negative zeros
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
      double[] ballots,
      double weight,
      double[] signs,
      double[] sums,
      double[] divisors,
      int length) {
    double half = vote == Vote.WEIGHTED ? 0.5 : 0.5 * weight;
    double share = share(weight);
    for (int k = 0; k < length; k++) {
      double agreement = signs[k] * ballots[k];
      double twice = agreement + Math.abs(agreement);
      sums[k] += half * twice;
      divisors[k] += share * Math.min(1, twice * HUGE);
    }
  }

  private void maximise(
      double[] ballots, double weight, double[] signs, double[] maxima, int length) {
    double factor = vote == Vote.WEIGHTED ? 1 : Math.abs(weight);
    for (int k = 0; k < length; k++) {
      double agreement = signs[k] * ballots[k];
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
