package dev.orthant.core.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerLaw;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Granularity;
import dev.orthant.core.spi.MergerTraits.Need;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.core.spi.Reference;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Adds dense deltas up; remembers what it surveyed. For tests of the engine. */
final class SumFactory implements MergerFactory<SumFactory.Config> {

  /** What the rule claims to need. */
  record Config(Set<Need> needs, int minInputs, int maxInputs, int surveys) {

    static Config plain() {
      return new Config(Set.of(), 1, Integer.MAX_VALUE, 0);
    }

    static Config needing(Need... needs) {
      return new Config(Set.of(needs), 1, Integer.MAX_VALUE, 0);
    }
  }

  final List<String> surveyed = new ArrayList<>();

  @Override
  public String name() {
    return "sum";
  }

  @Override
  public Config defaults() {
    return Config.plain();
  }

  @Override
  public List<Reference> references() {
    return List.of();
  }

  @Override
  public String summary() {
    return "adds up";
  }

  @Override
  public Merger create(Config config) {
    return new Merger() {
      private int left = config.surveys();

      @Override
      public void survey(MergeTensor tensor) {
        surveyed.add(tensor.name());
      }

      @Override
      public boolean surveysAgain() {
        return --left > 0;
      }

      @Override
      public Delta merge(MergeTensor tensor) {
        INDArray sum = tensor.delta(0).dense().mul(tensor.weight(0));
        for (int i = 1; i < tensor.inputs(); i++) {
          sum.addi(tensor.delta(i).dense().mul(tensor.weight(i)));
        }
        return new DenseDelta(sum);
      }
    };
  }

  @Override
  public MergerTraits traits(Config config) {
    return new MergerTraits(
        Granularity.ELEMENT,
        config.needs(),
        Set.of(Space.FULL),
        config.minInputs(),
        config.maxInputs(),
        config.surveys() > 0);
  }

  @Override
  public Set<MergerLaw> laws() {
    return EnumSet.noneOf(MergerLaw.class);
  }
}
