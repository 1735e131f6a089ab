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
 * The mean of the inputs, element by element weighted by their diagonal Fisher information.
 *
 * <pre>
 *   tau = sum_i c_i F_i tau_i / sum_i c_i F_i
 *   paper          F_i = max(F_i, floor),  c_i = w_i / |F_i|
 *   fusionbench    F_i = F_i + floor,      c_i = w_i / (|F_i| + floor)
 * </pre>
 *
 * <p>|F| is the Euclidean norm over the whole model, 1 if {@link FisherConfig#normalize()} is off.
 * {@link FisherConfig.Information} says how F has to have been made. The floor belongs to all
 * inputs, so that elements without information get the mean. The result is dense. Weights must not
 * be negative.
 *
 * <p>Matena and Raffel, Merging Models with Fisher-Weighted Averaging, NeurIPS 2022.
 */
public final class FisherFactory implements MergerFactory<FisherConfig> {

  @Override
  public String name() {
    return "fisher";
  }

  @Override
  public FisherConfig defaults() {
    return FisherConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("Merging Models with Fisher-Weighted Averaging", "2111.09832"));
  }

  @Override
  public String summary() {
    return "mean weighted by each input's Fisher information";
  }

  @Override
  public Merger create(FisherConfig config) {
    return new FisherMerger(config);
  }

  @Override
  public MergerTraits traits(FisherConfig config) {
    return new MergerTraits(
        Granularity.MATRIX,
        Set.of(
            config.information() == FisherConfig.Information.EXACT
                ? Need.FISHER
                : Need.FISHER_BATCH_SUM),
        Set.of(Space.FULL),
        1,
        Integer.MAX_VALUE,
        config.normalize());
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.allOf(MergerLaw.class);
  }
}
