package dev.orthant.merge;

import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerLaw;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Granularity;
import dev.orthant.core.spi.Reference;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * CART: the mean of the deltas plus low-rank approximations of what each differs from it.
 *
 * <pre>
 *   m = sum_i w_i tau_i / sum_i w_i
 *   tau = m + lambda * sum_i w_i best(tau_i - m, rank ceil(f * min(dOut, dIn)))
 * </pre>
 *
 * <p>At full rank the differences add up to zero and the result is the mean. Tensors that are no
 * matrices get the mean.
 *
 * <p>Choi et al., Revisiting Weight Averaging for Model Merging, 2024.
 */
public final class CartFactory implements MergerFactory<CartConfig> {

  @Override
  public String name() {
    return "cart";
  }

  @Override
  public CartConfig defaults() {
    return CartConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("Revisiting Weight Averaging for Model Merging", "2412.12153"));
  }

  @Override
  public String summary() {
    return "the mean plus low-rank differences from it";
  }

  @Override
  public Merger create(CartConfig config) {
    return new MatrixMerger(new CartRule(config));
  }

  @Override
  public MergerTraits traits(CartConfig config) {
    return Needs.taskVectors(Granularity.MATRIX);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
