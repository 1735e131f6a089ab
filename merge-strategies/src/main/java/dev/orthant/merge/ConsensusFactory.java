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
 * Consensus: the sum of the deltas without elements that too few tasks use.
 *
 * <pre>
 *   sum = sum_i w_i tau_i,   m_i = [|tau_i| > threshold * |sum - tau_i|],
 *   tau = lambda * [sum_i m_i >= agreement] * sum
 * </pre>
 *
 * <p>With agreement 2 neither elements of no task nor those of a single one are kept; with 0 it is
 * task arithmetic. The result is dense.
 *
 * <p>Wang et al., Localizing Task Information for Improved Model Merging and Compression, ICML
 * 2024.
 */
public final class ConsensusFactory implements MergerFactory<ConsensusConfig> {

  @Override
  public String name() {
    return "consensus";
  }

  @Override
  public ConsensusConfig defaults() {
    return ConsensusConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "Localizing Task Information for Improved Model Merging and Compression",
            "2405.07813"));
  }

  @Override
  public String summary() {
    return "the sum of the deltas where enough tasks use it";
  }

  @Override
  public Merger create(ConsensusConfig config) {
    return new ElementwiseRule(
        Sparsifier.NONE,
        new ConsensusRule(config.threshold(), config.agreement()),
        config.lambda());
  }

  @Override
  public MergerTraits traits(ConsensusConfig config) {
    return Needs.taskVectors(Granularity.ELEMENT);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.complementOf(EnumSet.of(MergerLaw.LINEAR));
  }
}
