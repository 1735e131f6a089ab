package dev.orthant.core.spi;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One tensor of all inputs, as a merger sees it. Inputs keep the order in which the user named
 * them.
 */
public interface MergeTensor {

  /** The tensor's name in the model; for an adapter, the module path and {@code .weight}. */
  String name();

  /** The shape of the tensor and of every delta. */
  long[] shape();

  /** The number of inputs. */
  int inputs();

  /** The name of input i. */
  String input(int i);

  /**
   * What input i adds to the base, at this tensor; relative to zero when the run has no base. Read
   * when asked for and not kept.
   */
  Delta delta(int i);

  /** The elements of {@link #delta}, read when they are asked for; for one thread. */
  default TileSource elements(int i) {
    Delta delta = delta(i);
    return ElementTiles.of(delta instanceof DenseDelta dense ? dense.values() : delta.dense());
  }

  /** The weight the user gave input i; 1 by default. */
  double weight(int i);

  /**
   * The base tensor, not to be modified.
   *
   * @throws IllegalStateException if the run has no base
   */
  INDArray base();

  /** The statistics of input i's features at this tensor's module. */
  Optional<FeatureStatistics> statistics(int i);

  /**
   * The diagonal Fisher information of input i's weights at this tensor, of the tensor's shape; not
   * to be modified.
   */
  default Optional<INDArray> fisher(int i) {
    return Optional.empty();
  }

  /**
   * Counter-based random numbers of input i at this tensor: a function of the run's seed, the
   * tensor's name, the input's name and the element's index alone.
   */
  CounterRandom random(int i);
}
