package dev.orthant.core.nn;

import dev.orthant.core.spi.Site;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A model with frozen linear layers that adapters can be put beside. */
public interface AdaptableModel {

  /** Every linear layer that can be adapted, in the order of the forward pass. */
  List<Site> sites();

  /**
   * The frozen weights of a linear layer [dOut, dIn]; not to be modified.
   *
   * @throws IllegalArgumentException if there is no such module
   */
  INDArray baseWeights(String module);

  /**
   * The frozen bias of a linear layer [dOut], not to be modified; null if it has none.
   *
   * @throws IllegalArgumentException if there is no such module
   */
  @Nullable INDArray baseBias(String module);
}
