package dev.orthant.core.spi;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One forward and backward pass, as one adapter sees it. Whatever an adapter has to remember from
 * forward to backward lives here, so that an adapter can serve several passes at once.
 */
public interface AdapterContext {

  /** Whether dropout is on. */
  boolean training();

  /** A seed for this adapter in this step; the same in forward and backward. */
  long dropoutSeed();

  /** Array operations of the backend in use. */
  MatrixOps ops();

  /**
   * A buffer that belongs to this adapter in this pass. The same name and shape give the same
   * memory with its contents kept until the next forward pass; its first contents are arbitrary.
   */
  INDArray scratch(String name, long... shape);
}
