package org.example.orthant;

import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One run of the constraint; see the factory. */
record QuietInputs(QuietInputsConfig config) implements SubspaceConstraint {

  @Override
  public Set<Need> needs() {
    return EnumSet.of(Need.OTHERS);
  }

  @Override
  public ConstrainedBasis basis(Request request) {
    int dIn = request.site().dIn();
    double[] energy = energy(request, dIn);
    int[] quietest =
        IntStream.range(0, dIn)
            .boxed()
            .sorted(Comparator.comparingDouble(j -> energy[j])) // stable: of equals the first
            .limit(request.rank())
            .mapToInt(j -> j)
            .toArray();
    INDArray rows = Nd4j.zeros(DataType.FLOAT, request.rank(), dIn);
    for (int i = 0; i < quietest.length; i++) {
      rows.putScalar(i, quietest[i], 1);
    }
    return new ConstrainedBasis(rows, config.frozen() ? new Hold.Frozen() : new Hold.InitOnly());
  }

  /** The mean over the other tasks of the mean square of each feature, [dIn]. */
  private static double[] energy(Request request, int dIn) {
    List<FeatureStatistics> others = request.others();
    if (others.isEmpty()) {
      throw new IllegalArgumentException(
          "module '%s': the other tasks' statistics are needed, there are none"
              .formatted(request.site().module()));
    }
    double[] energy = new double[dIn];
    for (FeatureStatistics task : others) {
      if (task.dimension() != dIn) {
        throw new IllegalArgumentException(
            "module '%s': statistics of task '%s' have %d features, the module has %d"
                .formatted(request.site().module(), task.task(), task.dimension(), dIn));
      }
      double[] moment = task.secondMoment(); // [dIn, dIn]
      for (double value : moment) {
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException(
              "module '%s': statistics of task '%s' are not all finite"
                  .formatted(request.site().module(), task.task()));
        }
      }
      for (int j = 0; j < dIn; j++) {
        energy[j] += moment[j * dIn + j] / others.size();
      }
    }
    return energy;
  }
}
