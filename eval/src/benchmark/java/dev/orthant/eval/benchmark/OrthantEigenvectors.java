package dev.orthant.eval.benchmark;

import dev.orthant.core.backend.NativeBackend;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;

/** OSRM's basis, from statistics to rows. */
final class OrthantEigenvectors implements Side {

  private final int n;
  private final double[] covariance;
  private final SubspaceConstraint constraint;
  private final SubspaceConstraint.Request request;

  OrthantEigenvectors(int n) {
    NativeBackend.load();
    this.n = n;
    this.covariance = Spectrum.covariance(n);
    this.constraint = osrm();
    FeatureStatistics others = new FeatureStatistics("other", 1, new double[n], covariance);
    this.request =
        new SubspaceConstraint.Request(
            new Site("query", 0, n, n),
            Spectrum.WANTED,
            Optional.empty(),
            List.of(others),
            new SplittableRandom(1));
  }

  @Override
  public double run() {
    INDArray rows = constraint.basis(request).rows();
    return Spectrum.trace(rows.toDoubleMatrix(), covariance, n);
  }

  private static SubspaceConstraint osrm() {
    for (SubspaceConstraintFactory<?> factory :
        ServiceLoader.load(SubspaceConstraintFactory.class)) {
      if (factory.name().equals("osrm")) {
        return create(factory);
      }
    }
    throw new IllegalStateException("there is no constraint 'osrm' on the class path");
  }

  private static <C extends Record> SubspaceConstraint create(
      SubspaceConstraintFactory<C> factory) {
    return factory.create(factory.defaults());
  }
}
