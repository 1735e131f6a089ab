package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.ElementMerger;
import dev.orthant.core.spi.MergeTensor;

/** TIES over the whole model: trim, elect sign, disjoint merge. */
final class ModelTies implements ElementMerger {

  private final TiesConfig config;
  private final ModelElection election;

  ModelTies(TiesConfig config) {
    this.config = config;
    this.election = new ModelElection(config.density(), config.disjointMerge(1));
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
  public Delta merge(MergeTensor tensor) {
    return rule().merge(tensor);
  }

  @Override
  public TileSource mergeElements(MergeTensor tensor) {
    return rule().mergeElements(tensor);
  }

  private ElementwiseRule rule() {
    int majority = election.majority();
    return new ElementwiseRule(election.trim(), config.disjointMerge(majority), config.lambda());
  }
}
