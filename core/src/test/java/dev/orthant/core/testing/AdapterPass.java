package dev.orthant.core.testing;

import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.MatrixOps;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A pass for one adapter alone. Its buffers are full of NaN at first, as a trap. */
public final class AdapterPass implements AdapterContext {

  private final MatrixOps ops;
  private final boolean training;
  private final long dropoutSeed;
  private final Map<String, INDArray> buffers = new HashMap<>();

  /** A pass with dropout on or off. */
  public AdapterPass(MatrixOps ops, boolean training, long dropoutSeed) {
    this.ops = ops;
    this.training = training;
    this.dropoutSeed = dropoutSeed;
  }

  @Override
  public boolean training() {
    return training;
  }

  @Override
  public long dropoutSeed() {
    return dropoutSeed;
  }

  @Override
  public MatrixOps ops() {
    return ops;
  }

  @Override
  public INDArray scratch(String name, long... shape) {
    return buffers.computeIfAbsent(
        name + Arrays.toString(shape), key -> Nd4j.valueArrayOf(shape, Float.NaN));
  }
}
