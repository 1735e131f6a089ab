package dev.orthant.merge;

import dev.orthant.core.lowrank.Compression;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.DeltaTransformFactory;
import dev.orthant.core.spi.Reference;
import java.util.List;

/**
 * The best low-rank approximation of a delta, {@code sum_{k <= rank} sigma_k u_k v_k'}.
 *
 * <p>After a merge it brings a sum of adapters back to an adapter's size, and gives rules with
 * dense results (TIES, DARE) an adapter as their result. Low-rank deltas are decomposed through
 * their factors. Deltas that are not matrices are left alone. The relative error is that of the
 * Frobenius norm.
 *
 * <p>Eckart and Young, The approximation of one matrix by another of lower rank, 1936.
 */
public final class CompressFactory implements DeltaTransformFactory<CompressConfig> {

  @Override
  public String name() {
    return "compress";
  }

  @Override
  public CompressConfig defaults() {
    return CompressConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "The approximation of one matrix by another of lower rank",
            "Psychometrika 1(3), 1936"));
  }

  @Override
  public String summary() {
    return "best approximation of a given rank or energy";
  }

  @Override
  public DeltaTransform create(CompressConfig config) {
    return (tensor, delta, own, others) -> {
      if (delta.shape().length != 2) {
        return new DeltaTransform.Result(delta, 0);
      }
      try {
        Compression result = LowRank.compress(delta, config.rank(), config.energy());
        return new DeltaTransform.Result(result.delta(), result.relativeError());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("tensor '" + tensor + "': " + e.getMessage(), e);
      }
    };
  }
}
