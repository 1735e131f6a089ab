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
 * EMR: elect one delta for all tasks, and for each a mask and a scale.
 *
 * <pre>
 *   elect     s = sign(sum_i w_i tau_i), -1 where it is zero;  tau = s * max_{i: s tau_i > 0} |tau_i|
 *   mask      m_i = [tau_i tau > 0]
 *   rescale   lambda_i = sum_t mean|tau_i,t| / sum_t mean|m_i,t tau_t|   over the model's tensors t
 *   task i    lambda_i * m_i * tau
 * </pre>
 *
 * <p>The result is one delta, a bit an element and task, and a number a task, and the task has to
 * be known when it is used: it is not one model, and is told apart from those that are. {@link
 * EmrConfig.Rescaler} says whether tensors or elements count the same in lambda_i, which is 1 where
 * a task uses nothing. The paper knows no weights; they have a say in the vote. The delta is dense.
 *
 * <p>Huang et al., EMR-Merging: Tuning-Free High-Performance Model Merging, NeurIPS 2024.
 */
public final class EmrFactory implements MergerFactory<EmrConfig> {

  @Override
  public String name() {
    return "emr";
  }

  @Override
  public EmrConfig defaults() {
    return EmrConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("EMR-Merging: Tuning-Free High-Performance Model Merging", "2405.17461"));
  }

  @Override
  public String summary() {
    return "one elected delta, and a mask and a scale for each task";
  }

  @Override
  public Merger create(EmrConfig config) {
    return new EmrMerger(config);
  }

  @Override
  public MergerTraits traits(EmrConfig config) {
    return new MergerTraits(
        Granularity.MODEL,
        Set.of(Need.TASK_VECTORS, Need.TASK_ID),
        Set.of(Space.FULL),
        1,
        Integer.MAX_VALUE,
        true);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
