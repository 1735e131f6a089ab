package dev.orthant.merge;

import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerLaw;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Granularity;
import dev.orthant.core.spi.MergerTraits.Need;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.core.spi.Reference;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The weighted sum of adapters by concatenating their factors.
 *
 * <pre>
 *   B = [.. w_i s_i B_i ..],  A = [.. A_i ..] stacked,   B A = sum_i w_i s_i B_i A_i
 * </pre>
 *
 * <p>Exact; the rank is the sum of the ranks, which may differ. This is task arithmetic with lambda
 * 1 for adapters only: what has no factors is refused instead of becoming dense. Tensors that are
 * no matrices are added up.
 */
public final class CatFactory implements MergerFactory<CatConfig> {

  @Override
  public String name() {
    return "cat";
  }

  @Override
  public CatConfig defaults() {
    return CatConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "PEFT: State-of-the-art Parameter-Efficient Fine-Tuning, add_weighted_adapter",
            "https://github.com/huggingface/peft"));
  }

  @Override
  public String summary() {
    return "the exact weighted sum of adapters, factors side by side";
  }

  @Override
  public Merger create(CatConfig config) {
    return tensor -> LinearRule.sum(tensor, LinearRule.weights(tensor));
  }

  @Override
  public MergerTraits traits(CatConfig config) {
    return new MergerTraits(
        Granularity.MATRIX,
        Set.of(Need.TASK_VECTORS, Need.FACTORS),
        Set.of(Space.FULL),
        1,
        Integer.MAX_VALUE,
        false);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
