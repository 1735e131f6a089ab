package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;

/** The weighted mean. A survey sums up the squares of each input's information. */
final class FisherMerger implements Merger {

  private final FisherConfig config;
  private double[] squares = new double[0]; // [inputs], over the model

  FisherMerger(FisherConfig config) {
    this.config = config;
  }

  @Override
  public void survey(MergeTensor tensor) {
    if (squares.length == 0) {
      squares = new double[tensor.inputs()];
    }
    float[] tile = new float[ElementTiles.TILE];
    for (int i = 0; i < squares.length; i++) {
      ElementTiles fisher = fisher(tensor, i);
      for (long at = 0; at < fisher.size(); at += ElementTiles.TILE) {
        int length = (int) Math.min(ElementTiles.TILE, fisher.size() - at);
        fisher.read(at, tile, length);
        for (int k = 0; k < length; k++) {
          squares[i] += (double) tile[k] * tile[k];
        }
      }
    }
  }

  @Override
  public Delta merge(MergeTensor tensor) {
    double[] coefficients = coefficients(tensor);
    int inputs = coefficients.length;
    ElementTiles[] deltas = Dense.tiles(LinearRule.deltas(tensor));
    ElementTiles[] fishers = new ElementTiles[inputs];
    for (int i = 0; i < inputs; i++) {
      fishers[i] = fisher(tensor, i);
    }
    ElementTiles merged = ElementTiles.zeros(tensor.shape());
    float[] delta = new float[ElementTiles.TILE];
    float[] fisher = new float[ElementTiles.TILE];
    for (long at = 0; at < merged.size(); at += ElementTiles.TILE) {
      int length = (int) Math.min(ElementTiles.TILE, merged.size() - at);
      double[] sum = new double[length];
      double[] weight = new double[length];
      for (int i = 0; i < inputs; i++) {
        deltas[i].read(at, delta, length);
        fishers[i].read(at, fisher, length);
        for (int k = 0; k < length; k++) {
          double share = coefficients[i] * floored(tensor, i, fisher[k]);
          sum[k] += share * delta[k];
          weight[k] += share;
        }
      }
      for (int k = 0; k < length; k++) {
        delta[k] = (float) (sum[k] / weight[k]);
      }
      merged.write(at, delta, length);
    }
    return new DenseDelta(merged.array());
  }

  private double floored(MergeTensor tensor, int i, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(
          "the Fisher information of input '%s' at tensor '%s' must not be negative, was %s"
              .formatted(tensor.input(i), tensor.name(), value));
    }
    return config.profile() == FisherConfig.Profile.PAPER
        ? Math.max(value, config.floor())
        : value + config.floor();
  }

  private double[] coefficients(MergeTensor tensor) {
    double[] coefficients = Shares.ofSquares(LinearRule.weights(tensor));
    if (!config.normalize()) {
      return coefficients;
    }
    if (squares.length == 0) {
      throw new IllegalStateException("tensors are merged before the whole model was surveyed");
    }
    for (int i = 0; i < coefficients.length; i++) {
      double norm = Math.sqrt(squares[i]);
      coefficients[i] /=
          config.profile() == FisherConfig.Profile.PAPER
              ? Math.max(norm, config.floor())
              : norm + config.floor();
    }
    return coefficients;
  }

  private static ElementTiles fisher(MergeTensor tensor, int i) {
    return ElementTiles.of(
        tensor
            .fisher(i)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "input '%s' has no Fisher information of tensor '%s'"
                            .formatted(tensor.input(i), tensor.name()))));
  }
}
