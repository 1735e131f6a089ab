package dev.orthant.core.checkpoint;

import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Named tensors that are read when asked for. */
public interface TensorSource {

  /** The names, in a stable order. */
  Set<String> names();

  /**
   * What is known of a tensor without reading it.
   *
   * @throws CheckpointException if there is no such tensor
   */
  TensorInfo info(String name);

  /**
   * A floating-point tensor, widened or narrowed to single precision; fresh and 'c' ordered.
   *
   * @throws CheckpointException if there is no such tensor, or it does not hold real numbers
   */
  INDArray read(String name);
}
