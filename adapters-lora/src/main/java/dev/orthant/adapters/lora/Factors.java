package dev.orthant.adapters.lora;

import dev.orthant.core.spi.Site;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a pair of factors starts as.
 *
 * @param a [rank, dIn]
 * @param b [dOut, rank]
 */
record Factors(INDArray a, INDArray b) {

  /** Zeros, where saved values are about to be set. */
  static Factors blank(int rank, Site site) {
    return new Factors(
        Nd4j.zeros(DataType.FLOAT, rank, site.dIn()),
        Nd4j.zeros(DataType.FLOAT, site.dOut(), rank));
  }
}
