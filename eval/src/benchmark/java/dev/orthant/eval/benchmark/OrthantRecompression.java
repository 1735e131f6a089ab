package dev.orthant.eval.benchmark;

import dev.orthant.core.backend.NativeBackend;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.factory.Nd4j;

/** The exact sum of low-rank deltas and its best approximation of rank 16, from factors alone. */
final class OrthantRecompression implements Side {

  private final List<LoraDelta> deltas = new ArrayList<>();

  OrthantRecompression() {
    NativeBackend.load();
    for (int i = 0; i < Recompression.ADAPTERS; i++) {
      deltas.add(
          new LoraDelta(
              Nd4j.createFromArray(Recompression.factor(i, 1))
                  .reshape('c', Recompression.SIZE, Recompression.RANK),
              Nd4j.createFromArray(Recompression.factor(i, 0))
                  .reshape('c', Recompression.RANK, Recompression.SIZE),
              1));
    }
  }

  @Override
  public double run() {
    double[] weights = new double[deltas.size()];
    Arrays.fill(weights, 1);
    LoraDelta sum = LowRank.weightedSum(deltas, weights);
    return LowRank.compress(sum, Recompression.RANK).delta().norm();
  }
}
