package dev.orthant.core.spi;

import dev.orthant.core.stats.FeatureStatistics;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Chooses, before training, the subspace that an adapter's A starts or stays in. */
public interface SubspaceConstraint {

  /** Which statistics {@link #basis} reads. */
  enum Need {
    /** This task's own features. */
    OWN,
    /** The features of the other tasks. */
    OTHERS
  }

  /** What has to be there before {@link #basis} is called. */
  Set<Need> needs();

  /** The basis for one site. The statistics are not modified. */
  ConstrainedBasis basis(Request request);

  /**
   * What a constraint is asked.
   *
   * @param site where
   * @param rank how many rows, at most dIn
   * @param own this task's statistics, if needed
   * @param others the other tasks' statistics, one entry a task, in a stable order
   * @param random random numbers for constraints that draw
   * @param baseWeights the base weights [dOut, dIn], read when asked for; not to be modified
   */
  record Request(
      Site site,
      int rank,
      Optional<FeatureStatistics> own,
      List<FeatureStatistics> others,
      RandomGenerator random,
      Supplier<INDArray> baseWeights) {

    /** Refuses ranks that do not fit. */
    public Request {
      if (rank < 1 || rank > site.dIn()) {
        throw new IllegalArgumentException(
            "rank must be in [1, %d] for module '%s', was %d"
                .formatted(site.dIn(), site.module(), rank));
      }
      others = List.copyOf(others);
    }

    /** A request at a site whose base weights are not known. */
    public Request(
        Site site,
        int rank,
        Optional<FeatureStatistics> own,
        List<FeatureStatistics> others,
        RandomGenerator random) {
      this(
          site,
          rank,
          own,
          others,
          random,
          () -> {
            throw new IllegalStateException("site '" + site.module() + "' has no base weights");
          });
    }
  }
}
