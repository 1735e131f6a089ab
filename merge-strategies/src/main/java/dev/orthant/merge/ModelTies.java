package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.ElementMerger;
import dev.orthant.core.spi.MergeTensor;

/**
 * TIES over the whole model: trim, elect sign, disjoint merge.
 *
 * <p>Two passes find each input's threshold. A third one counts the elected signs, because where
 * votes cancel out the sign of the majority of all elements of the model decides; if there are as
 * many positive as negative ones, cancelled votes are negative, as in the authors' code.
 */
final class ModelTies implements ElementMerger {

  private final TiesConfig config;
  private final ModelTrim trim;
  private final DisjointMerge ballots;
  private long positiveMinusNegative;
  private boolean counted;

  ModelTies(TiesConfig config) {
    this.config = config;
    this.trim = new ModelTrim(config.density());
    this.ballots = config.disjointMerge(1);
  }

  @Override
  public void survey(MergeTensor tensor) {
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

  @Override
  public boolean surveysAgain() {
    if (!trim.isReady()) {
      trim.endPass();
      return true;
    }
    counted = true;
    return false;
  }

  @Override
  public Delta merge(MergeTensor tensor) {
    return rule().merge(tensor);
  }

  @Override
  public TileSource mergeElements(MergeTensor tensor) {
    return rule().mergeElements(tensor);
  }

  private ElementwiseRule rule() {
    if (!counted) {
      throw new IllegalStateException("tensors are merged before the whole model was surveyed");
    }
    int majority = positiveMinusNegative > 0 ? 1 : -1;
    return new ElementwiseRule(trim, config.disjointMerge(majority), config.lambda());
  }
}
