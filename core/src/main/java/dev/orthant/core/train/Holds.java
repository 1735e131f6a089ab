package dev.orthant.core.train;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Parameter;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What holds a parameter to a subspace constraint's basis, around an optimiser's step. */
final class Holds {

  private final Kernels kernels;

  Holds(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Adds the penalty's gradient, or projects the gradient, so that its norm counts as it is. */
  void beforeStep(Parameter p) {
    ConstrainedBasis basis = p.constraint();
    if (basis == null) {
      return;
    }
    INDArray moment = basis.penalised();
    if (basis.hold() instanceof Hold.Penalty penalty && moment != null) {
      // d/dA of weight * trace(A S A') is 2 * weight * A S
      float factor = (float) (2 * penalty.weight());
      kernels.gemm(p.value(), false, moment, false, factor, 1, p.gradient());
    }
    if (basis.hold() instanceof Hold.Projected) {
      projectOut(basis, p.gradient());
    }
  }

  /**
   * A = A_0 + (A - A_0)(I - Q'Q). The gradient alone does not suffice: AdamW scales each element of
   * a step by itself, and weight decay follows no gradient.
   */
  void afterStep(Parameter p) {
    ConstrainedBasis basis = p.constraint();
    if (basis != null && basis.hold() instanceof Hold.Projected) {
      kernels.axpy(-1, basis.rows(), p.value());
      projectOut(basis, p.value());
      kernels.axpy(1, basis.rows(), p.value());
    }
  }

  /** x = x (I - Q'Q), with Q the directions to avoid. */
  private void projectOut(ConstrainedBasis basis, INDArray x) {
    INDArray q = basis.avoided(); // [k, dIn]
    if (q != null) {
      INDArray along = Nd4j.create(x.dataType(), x.size(0), q.size(0)); // [rank, k]
      kernels.gemm(x, false, q, true, 1, 0, along);
      kernels.gemm(along, false, q, false, -1, 1, x);
    }
  }
}
