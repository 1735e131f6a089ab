package dev.orthant.core.dl4j;

import static java.util.Objects.requireNonNullElse;

import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.spi.Parameter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The adapter of one layer of one network, with what it remembers from forward to backward. Lives
 * outside of the network's workspaces, whose arrays do not last that long.
 */
final class SidePath implements AdapterContext {

  private final Adapter adapter;
  private final DataType type;
  private final long seed;
  private final MatrixOps ops = new NetworkOps();
  private final Map<String, INDArray> scratch = new HashMap<>();
  private boolean training;
  private long passes;
  private long rows; // that the scratch arrays are for

  /**
   * @param gradients where the network expects the parameters' gradients; null if it does not
   * @param seed of the adapter's dropout
   */
  SidePath(
      AdaptedDenseLayer layer,
      Map<String, INDArray> parameters,
      @Nullable Map<String, INDArray> gradients,
      DataType type,
      long seed) {
    this.adapter = outside(() -> AdapterValues.attached(layer, parameters, gradients));
    this.type = type;
    this.seed = CounterRandom.seed(seed, "dropout", requireNonNullElse(layer.getLayerName(), ""));
  }

  /**
   * Turns the base layer's product into the adapted one.
   *
   * @param x [n, dIn], row-major
   * @param y [n, dOut], row-major
   * @param again whether this repeats the pass before for a backward pass: dropout is the same
   */
  void forward(INDArray x, INDArray y, boolean training, boolean again) {
    this.training = training;
    if (!again) {
      passes++;
    }
    if (rows != x.size(0)) {
      scratch.clear();
      rows = x.size(0);
    }
    adapter.forward(this, x, y, y);
  }

  /** The gradient of the base layer's product, given that of the adapted one [n, dOut]. */
  INDArray baseGradient(INDArray dy) {
    return adapter.baseGradient(this, dy);
  }

  /**
   * Overwrites the gradients of the adapter's parameters, and adds to that of the input.
   *
   * @param x [n, dIn], row-major
   * @param dy [n, dOut], row-major
   * @param dx [n, dIn], row-major
   */
  void backward(INDArray x, INDArray dy, INDArray dx) {
    for (Parameter p : adapter.parameters()) {
      if (p.isTrainable()) {
        p.gradient().assign(0);
      }
    }
    adapter.backward(this, x, dy, dx, true);
  }

  @Override
  public boolean training() {
    return training;
  }

  @Override
  public long dropoutSeed() {
    return seed + passes;
  }

  @Override
  public MatrixOps ops() {
    return ops;
  }

  @Override
  public INDArray scratch(String name, long... shape) {
    return scratch.computeIfAbsent(name + Arrays.toString(shape), key -> array(shape));
  }

  private INDArray array(long... shape) {
    return outside(() -> Nd4j.create(type, shape, 'c'));
  }

  /** What is made here belongs to no workspace. */
  private static <T> T outside(Supplier<T> make) {
    MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
    try {
      return make.get();
    } finally {
      none.close();
    }
  }
}
