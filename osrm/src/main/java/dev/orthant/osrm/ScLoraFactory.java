package dev.orthant.osrm;

import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.ConstrainedBasis.Side;
import dev.orthant.core.spi.ConstraintLaw;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * SC-LoRA's subspace: an adapter's B starts where the layer's outputs vary for this task and not
 * for the others.
 *
 * <p>With W [dOut, dIn] the base weights, S_own [dIn, dIn] the second moment of this task's
 * features and S the mean of the other tasks', the columns of B [dOut, rank] are the eigenvectors
 * of the rank largest eigenvalues of the difference of the outputs' second moments,
 *
 * <pre>
 *   (1 - beta) W S_own W' - beta W S W'
 * </pre>
 *
 * <p>The bias is left out. In the paper A starts as {@code B'W} and the base weights are lowered by
 * B A, so that the model is what it was; here A starts at zero, which leaves the base as it is and
 * the adapter an ordinary one. The subspace that the adapter writes to is the same.
 *
 * <p>Luo et al., "SC-LoRA: Balancing Efficient Fine-tuning and Knowledge Preservation via
 * Subspace-Constrained LoRA", 2025.
 */
public final class ScLoraFactory implements SubspaceConstraintFactory<ScLoraConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public ScLoraFactory() {}

  @Override
  public String name() {
    return "sc-lora";
  }

  @Override
  public String summary() {
    return "B starts where the layer's outputs vary for this task and not for the others";
  }

  @Override
  public ScLoraConfig defaults() {
    return ScLoraConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "SC-LoRA: Balancing Efficient Fine-tuning and Knowledge Preservation via"
                + " Subspace-Constrained LoRA",
            "2505.23724"));
  }

  @Override
  public SubspaceConstraint create(ScLoraConfig config) {
    return new SubspaceConstraint() {
      @Override
      public Set<Need> needs() {
        return EnumSet.of(Need.OWN, Need.OTHERS);
      }

      @Override
      public ConstrainedBasis basis(Request request) {
        UsableStatistics.require(name(), needs(), request);
        Site site = request.site();
        if (request.rank() > site.dOut()) {
          throw new IllegalArgumentException(
              "rank must be at most %d, the outputs of module '%s', was %d"
                  .formatted(site.dOut(), site.module(), request.rank()));
        }
        double[] difference = difference(config, request);
        Rows rows = LeadingEigenvectors.of(difference, site.dOut(), request.rank());
        return new ConstrainedBasis(
            Side.OUTPUT, rows.times(config.rowNorm()).toArray(), config.hold(), null, null);
      }
    };
  }

  @Override
  public Set<ConstraintLaw> laws() {
    return EnumSet.of(ConstraintLaw.ORTHONORMAL_ROWS, ConstraintLaw.SCALE_INVARIANT);
  }

  /** The outputs' second moments' difference, [dOut, dOut]. */
  private static double[] difference(ScLoraConfig config, SubspaceConstraint.Request request) {
    int d = request.site().dIn();
    FeatureStatistics own = request.own().orElseThrow();
    double[] learnt = config.centred() ? own.covariance() : own.secondMoment();
    double[] kept = new OtherTasks(config.weighting(), config.centred()).meanMoment(request);
    Matrix inputs =
        new Matrix(d, d, learnt)
            .scaled(1 - config.beta())
            .plus(-config.beta(), new Matrix(d, d, kept));
    Matrix weights = Matrix.of("base weights", request.baseWeights().get()); // [dOut, dIn]
    Matrix outputs = weights.times(inputs).timesTranspose(weights);
    return outputs.plus(1, outputs.transpose()).scaled(0.5).values();
  }
}
