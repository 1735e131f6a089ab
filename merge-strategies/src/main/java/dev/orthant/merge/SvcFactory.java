package dev.orthant.merge;

import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.DeltaTransformFactory;
import dev.orthant.core.spi.Reference;
import java.util.List;

/**
 * Singular value calibration, after any merge: directions that several tasks share, and that their
 * sum counts more than once, are made smaller.
 *
 * <pre>
 *   tau = sum_r sigma_r u_r v_r'            the merged delta
 *   a_r,i = u_r' tau_i                      what task i has in direction r, [dIn]
 *   s_r,i = sigma_r (v_r . a_r,i) / |a_r,i|^2
 *   gamma_r = N / sum_i max(alpha, s_r,i),  tau becomes sum_r gamma_r sigma_r u_r v_r'
 * </pre>
 *
 * <p>A task that has nothing in a direction counts alpha there. Only directions of the merged delta
 * are looked at, through factors where all deltas have them. Tensors that are no matrices are left
 * alone. The error told is the change, relative to the merged delta.
 *
 * <p>When Shared Knowledge Hurts: Spectral Over-Accumulation in Model Merging, 2026, equations 4
 * and 8. FusionBench's code projects every task on its own left vectors instead of the merged
 * delta's.
 */
public final class SvcFactory implements DeltaTransformFactory<SvcConfig> {

  @Override
  public String name() {
    return "svc";
  }

  @Override
  public SvcConfig defaults() {
    return SvcConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "When Shared Knowledge Hurts: Spectral Over-Accumulation in Model Merging",
            "2602.05536"));
  }

  @Override
  public String summary() {
    return "after a merge: make directions smaller that tasks share";
  }

  @Override
  public DeltaTransform create(SvcConfig config) {
    return new SvcTransform(config);
  }
}
