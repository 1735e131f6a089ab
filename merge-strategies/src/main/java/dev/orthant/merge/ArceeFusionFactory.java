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
 * Arcee Fusion: keep those elements of one model's difference whose importance is an outlier's.
 *
 * <pre>
 *   importance   |tau| * KL(softmax(theta + tau) || softmax(theta)), softmax over each row of weights
 *   keep         importance >= median + 1.5 * (upper quartile - lower quartile)
 * </pre>
 *
 * <p>theta is the base. Quantile q of n numbers is the one of place floor(q (n - 1)) in ascending
 * order, exactly. A vector is one row. The weight is refused. The result is dense.
 *
 * <p>Arcee AI, Fusion, in mergekit, 2024.
 */
public final class ArceeFusionFactory implements MergerFactory<ArceeFusionConfig> {

  @Override
  public String name() {
    return "arcee-fusion";
  }

  @Override
  public ArceeFusionConfig defaults() {
    return ArceeFusionConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("Arcee Fusion", "arcee.ai"));
  }

  @Override
  public String summary() {
    return "keep the elements of one delta that matter most";
  }

  @Override
  public Merger create(ArceeFusionConfig config) {
    return new ArceeFusion();
  }

  @Override
  public MergerTraits traits(ArceeFusionConfig config) {
    return new MergerTraits(
            Granularity.MATRIX,
            Set.of(Need.BASE, Need.TASK_VECTORS),
            Set.of(Space.FULL),
            1,
            1,
            false)
        .unweighted();
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(
        EnumSet.of(MergerLaw.IDENTITY_OF_ONE, MergerLaw.POSITIVELY_HOMOGENEOUS, MergerLaw.LINEAR));
  }
}
