package dev.orthant.core.dl4j;

import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.spi.MatrixOps;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What adapters compute with in a network: ND4J's operations on whatever backend the network has,
 * in the type of the result. An adapter's constants are of single precision; in a network of double
 * precision they are widened.
 */
final class NetworkOps implements MatrixOps {

  private final MatrixOps portable = new PortableKernels();

  @Override
  public void gemm(
      INDArray a,
      boolean transposeA,
      INDArray b,
      boolean transposeB,
      float alpha,
      float beta,
      INDArray c) {
    DataType type = c.dataType();
    Nd4j.gemm(a.castTo(type), b.castTo(type), c, transposeA, transposeB, alpha, beta);
  }

  @Override
  public void dropout(INDArray x, float p, long seed, INDArray y) {
    portable.dropout(x, p, seed, y);
  }

  @Override
  public void axpy(float alpha, INDArray x, INDArray y) {
    portable.axpy(alpha, x.castTo(y.dataType()), y);
  }

  @Override
  public void scaleColumns(INDArray x, INDArray factors, INDArray shifts, INDArray y) {
    DataType type = y.dataType();
    portable.scaleColumns(x.castTo(type), factors.castTo(type), shifts.castTo(type), y);
  }

  @Override
  public void addColumnDots(INDArray x, INDArray y, INDArray sums) {
    DataType type = sums.dataType();
    portable.addColumnDots(x.castTo(type), y.castTo(type), sums);
  }
}
