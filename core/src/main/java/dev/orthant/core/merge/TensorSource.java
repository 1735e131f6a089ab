package dev.orthant.core.merge;

import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Named tensors that are read one at a time: a checkpoint, or what becomes of one. */
public interface TensorSource {

  /** The names of all tensors, in the order of the model. */
  Set<String> names();

  /** The shape of a tensor. */
  long[] shape(String name);

  /**
   * Whether a tensor holds floating-point numbers. Others (position indices and such) are not
   * merged; they are taken over as they are.
   */
  boolean isFloating(String name);

  /** A floating-point tensor, in single precision and row-major; fresh. */
  INDArray read(String name);
}
