package dev.orthant.merge;

import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.spi.MergeTensor;

/**
 * The survey of TIES over a whole model. Two passes find each input's threshold. A third one counts
 * the elected signs, because where votes cancel out the sign of the majority of all elements of the
 * model decides; if there are as many positive as negative ones, cancelled votes are negative, as
 * in the authors' code.
 */
final class ModelElection {

  private final ModelTrim trim;
  private final DisjointMerge ballots;
  private long positiveMinusNegative;
  private boolean counted;

  ModelElection(double density, DisjointMerge ballots) {
    this.trim = new ModelTrim(density);
    this.ballots = ballots;
  }

  void survey(MergeTensor tensor) {
    if (!trim.isReady()) {
      trim.survey(tensor);
      return;
    }
    double[] weights = LinearRule.weights(tensor);
    double[] votes = new double[ElementTiles.TILE];
    ElementwiseRule.forEachTile(
        trim,
        tensor,
        ElementwiseRule.elements(tensor),
        (tiles, offset, length) -> {
          ballots.countVotes(tiles, weights, votes, length);
          for (int k = 0; k < length; k++) {
            positiveMinusNegative += (votes[k] > 0 ? 1 : 0) - (votes[k] < 0 ? 1 : 0);
          }
        });
  }

  boolean surveysAgain() {
    if (!trim.isReady()) {
      trim.endPass();
      return true;
    }
    counted = true;
    return false;
  }

  /** What is trimmed. */
  Sparsifier trim() {
    return trim;
  }

  /** The sign where votes cancel out, +1 or -1. */
  int majority() {
    if (!counted) {
      throw new IllegalStateException("tensors are merged before the whole model was surveyed");
    }
    return positiveMinusNegative > 0 ? 1 : -1;
  }
}
