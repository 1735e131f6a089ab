package dev.orthant.osrm;

import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Statistics made up for tests. */
final class Features {

  private Features() {}

  /** Uncorrelated features of these mean squares, with a mean of zero. */
  static FeatureStatistics onAxes(String task, long count, double... meanSquares) {
    int d = meanSquares.length;
    double[] gram = new double[d * d];
    for (int i = 0; i < d; i++) {
      gram[i * d + i] = count * meanSquares[i];
    }
    return new FeatureStatistics(task, count, new double[d], gram);
  }

  /** These vectors and no others. */
  static FeatureStatistics of(String task, double[]... vectors) {
    int d = vectors[0].length;
    double[] sum = new double[d];
    double[] gram = new double[d * d];
    for (double[] x : vectors) {
      for (int i = 0; i < d; i++) {
        sum[i] += x[i];
        for (int j = 0; j < d; j++) {
          gram[i * d + j] += x[i] * x[j];
        }
      }
    }
    return new FeatureStatistics(task, vectors.length, sum, gram);
  }

  /** A request at a square module. */
  static Request request(
      int rank, @Nullable FeatureStatistics own, List<FeatureStatistics> others, long seed) {
    int d = others.isEmpty() ? 8 : others.get(0).dimension();
    return new Request(
        new Site("layer", 0, d, d), rank, Optional.ofNullable(own), others, new Random(seed));
  }
}
