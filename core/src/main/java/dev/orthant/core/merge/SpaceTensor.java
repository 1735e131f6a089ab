package dev.orthant.core.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.JointSpace;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The coordinates of a tensor's deltas in a space that they share. */
final class SpaceTensor implements MergeTensor {

  private final MergeTensor weights;
  private final JointSpace space;

  private SpaceTensor(MergeTensor weights, JointSpace space) {
    this.weights = weights;
    this.space = space;
  }

  static SpaceTensor of(MergeTensor tensor, Space space) {
    List<Delta> deltas = new ArrayList<>();
    for (int i = 0; i < tensor.inputs(); i++) {
      Delta delta = tensor.delta(i);
      if (space == Space.CORE && !(delta instanceof LoraDelta)) {
        throw new IllegalArgumentException(
            "tensor '%s' of input '%s' has no low-rank form, which the core space is made of"
                .formatted(tensor.name(), tensor.input(i)));
      }
      deltas.add(delta);
    }
    return new SpaceTensor(
        tensor, space == Space.KNOTS ? JointSpace.knots(deltas) : JointSpace.smallest(deltas));
  }

  /** The delta in the weights of a delta in this space. */
  Delta inWeights(Delta merged) {
    return space.delta(Matrix.of("merged coordinates of '" + name() + "'", merged.dense()));
  }

  @Override
  public String name() {
    return weights.name();
  }

  @Override
  public long[] shape() {
    Matrix first = space.coordinates().get(0);
    return new long[] {first.rows(), first.columns()};
  }

  @Override
  public int inputs() {
    return weights.inputs();
  }

  @Override
  public String input(int i) {
    return weights.input(i);
  }

  @Override
  public Delta delta(int i) {
    return new DenseDelta(space.coordinates().get(i).toArray());
  }

  @Override
  public double weight(int i) {
    return weights.weight(i);
  }

  @Override
  public INDArray base() {
    throw new IllegalStateException("the base has no coordinates in the space of the deltas");
  }

  /** None: features are those of the weights. */
  @Override
  public Optional<FeatureStatistics> statistics(int i) {
    return Optional.empty();
  }

  @Override
  public CounterRandom random(int i) {
    return weights.random(i);
  }
}
