package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.spi.MergeTensor;
import java.util.Arrays;

/**
 * The first two steps of TIES: what is left of each delta after trimming and after dropping the
 * elements that do not have the elected sign.
 */
final class TiesSplit implements TaskVectors {

  private static final DisjointMerge BALLOTS =
      new DisjointMerge(DisjointMerge.Vote.WEIGHTED, DisjointMerge.Reduction.SUM, 1);

  private final ModelElection election;

  TiesSplit(double density) {
    this.election = new ModelElection(density, BALLOTS);
  }

  @Override
  public void survey(MergeTensor tensor) {
    election.survey(tensor);
  }

  @Override
  public boolean surveysAgain() {
    return election.surveysAgain();
  }

  @Override
  public Delta[] of(MergeTensor tensor) {
    int majority = election.majority();
    double[] weights = LinearRule.weights(tensor);
    ElementTiles[] left = new ElementTiles[weights.length];
    Arrays.setAll(left, i -> ElementTiles.zeros(tensor.shape()));
    double[] votes = new double[ElementTiles.TILE];
    ElementwiseRule.forEachTile(
        election.trim(),
        tensor,
        ElementwiseRule.elements(tensor),
        (tiles, offset, length) -> {
          BALLOTS.countVotes(tiles, weights, votes, length);
          for (int i = 0; i < tiles.length; i++) {
            for (int k = 0; k < length; k++) {
              double agreement = Branchless.sign(votes[k], majority) * weights[i] * tiles[i][k];
              tiles[i][k] = agreement > 0 ? tiles[i][k] : 0;
            }
            left[i].write(offset, tiles[i], length);
          }
        });
    return Arrays.stream(left).map(tiles -> new DenseDelta(tiles.array())).toArray(Delta[]::new);
  }
}
