package dev.orthant.osrm;

import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The eigenvectors of the smallest eigenvalues of the others' mean second moment. */
final class OsrmConstraint implements SubspaceConstraint {

  private final OsrmConfig config;

  OsrmConstraint(OsrmConfig config) {
    this.config = config;
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.OTHERS);
  }

  @Override
  public ConstrainedBasis basis(Request request) {
    Site site = request.site();
    int d = site.dIn();
    requireUsable(site, request.others());
    double[] moment = meanMoment(request.others(), d); // [dIn, dIn]
    requireFinite(site, request.others(), moment);
    double[] vectors = SmallestEigenvectors.of(moment, d, request.rank()); // [rank, dIn]
    return new ConstrainedBasis(
        array(vectors, request.rank(), d),
        config.hold(),
        config.hold() instanceof Hold.Penalty ? array(moment, d, d) : null);
  }

  private double[] meanMoment(List<FeatureStatistics> others, int d) {
    double[] mean = new double[d * d];
    for (FeatureStatistics task : others) {
      double[] moment = config.centred() ? task.covariance() : task.secondMoment();
      for (int i = 0; i < mean.length; i++) {
        mean[i] += moment[i] / others.size();
      }
    }
    return mean;
  }

  private static void requireUsable(Site site, List<FeatureStatistics> others) {
    if (others.isEmpty()) {
      throw new IllegalArgumentException(
          "osrm needs the statistics of at least one other task at module '%s', there are none"
              .formatted(site.module()));
    }
    for (FeatureStatistics task : others) {
      if (task.dimension() != site.dIn()) {
        throw new IllegalArgumentException(
            "statistics of task '%s' have %d features, module '%s' takes %d"
                .formatted(task.task(), task.dimension(), site.module(), site.dIn()));
      }
    }
  }

  private static void requireFinite(Site site, List<FeatureStatistics> others, double[] moment) {
    for (double value : moment) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "statistics of %s at module '%s' hold %s, expected finite numbers"
                .formatted(
                    others.stream().map(t -> "'" + t.task() + "'").toList(), site.module(), value));
      }
    }
  }

  private static INDArray array(double[] values, int rows, int columns) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Nd4j.createFromArray(floats).reshape('c', rows, columns);
  }
}
