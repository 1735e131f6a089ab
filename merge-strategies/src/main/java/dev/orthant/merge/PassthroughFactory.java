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
 * One input, multiplied by a number: for stacking layers of models, and to scale one.
 *
 * <p>Without a base the models' weights are multiplied, as in mergekit; with one, or on adapters,
 * the differences from it are. The weight is refused. Low-rank inputs stay low-rank.
 */
public final class PassthroughFactory implements MergerFactory<PassthroughConfig> {

  @Override
  public String name() {
    return "passthrough";
  }

  @Override
  public PassthroughConfig defaults() {
    return PassthroughConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of();
  }

  @Override
  public String summary() {
    return "one input, scaled";
  }

  @Override
  public Merger create(PassthroughConfig config) {
    return new ElementwiseRule(Sparsifier.NONE, new LinearCombination(false), config.scale());
  }

  @Override
  public MergerTraits traits(PassthroughConfig config) {
    return Needs.inputsOnly(Granularity.ELEMENT, 1, 1).unweighted();
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.allOf(MergerLaw.class);
  }
}
