package dev.orthant.core.train;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Parameter;
import java.util.IdentityHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What holds a parameter to a subspace constraint's basis, around an optimiser's step. */
final class Holds {

  private final Kernels kernels;
  private final Map<Parameter, INDArray> along = new IdentityHashMap<>(); // [rank, k], reused

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
      projectOut(p, basis, p.gradient());
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
      projectOut(p, basis, p.value());
      kernels.axpy(1, basis.rows(), p.value());
    }
  }

  /** x = x (I - Q'Q), with Q the directions to avoid. */
  private void projectOut(Parameter p, ConstrainedBasis basis, INDArray x) {
    INDArray q = basis.avoided(); // [k, dIn]
    if (q != null) {
      INDArray part =
          along.computeIfAbsent(p, a -> Nd4j.create(x.dataType(), x.size(0), q.size(0)));
      kernels.gemm(x, false, q, true, 1, 0, part);
      kernels.gemm(part, false, q, false, -1, 1, x);
    }
  }
}
