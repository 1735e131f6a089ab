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
 * The weighted sum of the deltas, {@code lambda * sum_i w_i tau_i}.
 *
 * <p>The result is exact and low-rank if all deltas are: the factors are concatenated. A negative
 * weight takes a task away.
 *
 * <p>Ilharco et al., Editing Models with Task Arithmetic, ICLR 2023.
 */
public final class TaskArithmeticFactory implements MergerFactory<TaskArithmeticConfig> {

  @Override
  public String name() {
    return "task-arithmetic";
  }

  @Override
  public TaskArithmeticConfig defaults() {
    return TaskArithmeticConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("Editing Models with Task Arithmetic", "2212.04089"));
  }

  @Override
  public String summary() {
    return "lambda times the weighted sum of the inputs' deltas";
  }

  @Override
  public Merger create(TaskArithmeticConfig config) {
    return new ElementwiseRule(
        Sparsifier.NONE, new LinearCombination(config.normalize()), config.lambda());
  }

  @Override
  public MergerTraits traits(TaskArithmeticConfig config) {
    return Needs.taskVectors(Granularity.ELEMENT);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.allOf(MergerLaw.class);
  }
}
