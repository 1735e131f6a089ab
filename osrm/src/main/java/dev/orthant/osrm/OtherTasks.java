package dev.orthant.osrm;

import dev.orthant.core.spi.SubspaceConstraint.Request;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.osrm.OsrmConfig.Weighting;
import java.util.List;

/**
 * How the second moments of the other tasks' features become one.
 *
 * @param weighting of the tasks
 * @param centred whether each task's covariance takes the place of its second moment
 */
record OtherTasks(Weighting weighting, boolean centred) {

  /** {@code sum_t w_t S_t / sum_t w_t}, [dIn, dIn], with w_t = 1 or the task's number of tokens. */
  double[] meanMoment(Request request) {
    List<FeatureStatistics> others = request.others();
    double total = others.stream().mapToDouble(this::weight).sum();
    double[] mean = new double[request.site().dIn() * request.site().dIn()];
    for (FeatureStatistics task : others) {
      double share = weight(task) / total;
      double[] moment = centred ? task.covariance() : task.secondMoment();
      for (int i = 0; i < mean.length; i++) {
        mean[i] += share * moment[i];
      }
    }
    return mean;
  }

  private double weight(FeatureStatistics task) {
    return weighting == Weighting.PER_TASK ? 1 : task.count();
  }
}
