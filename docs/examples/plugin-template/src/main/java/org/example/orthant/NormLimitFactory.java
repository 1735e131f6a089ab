package org.example.orthant;

import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.DeltaTransformFactory;
import dev.orthant.core.spi.Reference;
import java.util.List;

/**
 * Shortens deltas of a greater Frobenius norm to the greatest that is allowed.
 *
 * <pre>
 *   delta * min(1, max_norm / ||delta||)
 * </pre>
 */
public final class NormLimitFactory implements DeltaTransformFactory<NormLimitConfig> {

  @Override
  public String name() {
    return "norm-limit";
  }

  @Override
  public String summary() {
    return "shortens deltas to a greatest norm";
  }

  @Override
  public NormLimitConfig defaults() {
    return NormLimitConfig.defaults();
  }

  /** What it was published in, or what its idea is from; may be empty for what everybody knows. */
  @Override
  public List<Reference> references() {
    return List.of();
  }

  @Override
  public DeltaTransform create(NormLimitConfig config) {
    return new NormLimit(config);
  }
}
