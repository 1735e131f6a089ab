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
 * TIES: trim each delta to its elements of greatest magnitude, elect a sign per element, and merge
 * the inputs that agree with it.
 *
 * <pre>
 *   trim          x_i = tau_i where |tau_i| is among the greatest density * n, else 0
 *   elect sign    s   = sign(sum_i w_i x_i)
 *   merge         tau = lambda * sum_{i: sign(w_i x_i) = s} w_i x_i / sum_{the same i} |w_i|
 * </pre>
 *
 * <p>Implementations differ in all three steps: {@link TiesConfig.Profile} says whose is used. The
 * paper knows no weights; with equal ones, this is the paper's. Zeros never vote and never agree.
 * The result is dense.
 *
 * <p>Yadav et al., TIES-Merging: Resolving Interference When Merging Models, NeurIPS 2023.
 */
public final class TiesFactory implements MergerFactory<TiesConfig> {

  @Override
  public String name() {
    return "ties";
  }

  @Override
  public TiesConfig defaults() {
    return TiesConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("TIES-Merging: Resolving Interference When Merging Models", "2306.01708"));
  }

  @Override
  public String summary() {
    return "trim small elements, elect signs, merge what agrees";
  }

  @Override
  public Merger create(TiesConfig config) {
    return config.isOverModel()
        ? new ModelTies(config)
        : new ElementwiseRule(
            new TensorTrim(config.density()), config.disjointMerge(1), config.lambda());
  }

  @Override
  public Merger createPerInput(List<TiesConfig> configs) {
    return configs.stream().distinct().count() == 1
        ? create(configs.get(0))
        : PerInput.rule(name(), configs.stream().map(this::create).toList());
  }

  @Override
  public MergerTraits traits(TiesConfig config) {
    return new MergerTraits(
        config.isOverModel() ? Granularity.MODEL : Granularity.MATRIX,
        Set.of(Need.TASK_VECTORS),
        EnumSet.allOf(Space.class),
        1,
        Integer.MAX_VALUE,
        config.isOverModel());
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
