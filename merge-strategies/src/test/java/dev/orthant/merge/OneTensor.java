package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A single vector of a single input, without an engine. */
record OneTensor(float[] values) implements MergeTensor {

  @Override
  public String name() {
    return "m.weight";
  }

  @Override
  public long[] shape() {
    return new long[] {values.length};
  }

  @Override
  public int inputs() {
    return 1;
  }

  @Override
  public String input(int i) {
    return "x";
  }

  @Override
  public Delta delta(int i) {
    return new DenseDelta(Nd4j.createFromArray(values));
  }

  @Override
  public double weight(int i) {
    return 1;
  }

  @Override
  public INDArray base() {
    throw new IllegalStateException("no base");
  }

  @Override
  public Optional<FeatureStatistics> statistics(int i) {
    return Optional.empty();
  }

  @Override
  public CounterRandom random(int i) {
    return CounterRandom.of(0, name(), input(i));
  }
}
