package dev.orthant.merge;

import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the elements whose magnitude is at least a threshold that holds for all tensors of an
 * input: the magnitude of rank {@code n - floor(n * density)} among all n elements of the model,
 * counted from the smallest. All elements equal to the threshold are kept, so with distinct
 * magnitudes {@code floor(n * density) + 1} stay.
 *
 * <p>Two passes over the model find the threshold; a density of 1 needs none.
 */
final class ModelTrim implements Sparsifier {

  private final double density;
  private final List<MagnitudeSelect> selects = new ArrayList<>(); // one an input
  private int passes;

  ModelTrim(double density) {
    this.density = density;
  }

  /** Whether the threshold is known. */
  boolean isReady() {
    return density == 1 || passes == 2;
  }

  /** Looks at one tensor of all inputs. */
  void survey(MergeTensor tensor) {
    for (int i = 0; i < tensor.inputs(); i++) {
      if (selects.size() == i) {
        selects.add(new MagnitudeSelect());
      }
      selects.get(i).addAll(tensor.elements(i));
    }
  }

  /** All tensors have been looked at once more. */
  void endPass() {
    if (++passes == 1) {
      for (MagnitudeSelect select : selects) {
        long n = select.total();
        select.narrowTo(Math.max(1, n - (long) (n * density)));
      }
    }
  }

  @Override
  public ElementMask mask(MergeTensor tensor, int i, TileSource delta) {
    if (!isReady()) {
      throw new IllegalStateException("tensors are trimmed before the whole model was surveyed");
    }
    if (density == 1) {
      return ElementMask.KEEP_ALL;
    }
    return MagnitudeRange.atLeast(selects.get(i).value());
  }
}
