package org.example.orthant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** The contract of mergers, on these configurations, and numbers worked out by hand. */
final class AgreementMeanTest extends MergerContract<AgreementMeanConfig> {

  @Override
  protected MergerFactory<AgreementMeanConfig> factory() {
    return new AgreementMeanFactory();
  }

  @Override
  protected Stream<AgreementMeanConfig> configurations() {
    return Stream.of(
        AgreementMeanConfig.defaults(),
        new AgreementMeanConfig(0.5, 2),
        new AgreementMeanConfig(1, 0));
  }

  @Override
  protected AgreementMeanConfig asIdentity(AgreementMeanConfig config) {
    return new AgreementMeanConfig(1, config.sharpness());
  }

  @Test
  void whereSignsDisagreeTheMeanShrinks() {
    AdapterInput first = input("first", 2, 2, 4);
    AdapterInput second = input("second", 4, -4, 4);
    AdapterInput third = input("third", 6, 8, -2);

    DenseDelta merged =
        (DenseDelta)
            MergeEngine.builder(factory(), factory().defaults())
                .build()
                .mergeAdapters(List.of(first, second, third), null)
                .deltas()
                .get("layer");

    // all agree: mean 4; two of three agree: means 2 and 2, times 1/3
    assertThat(merged.values().toFloatVector()).containsExactly(4, 2 / 3f, 2 / 3f);
  }

  private static AdapterInput input(String name, float... row) {
    return AdapterInput.of(
        name, Map.of("layer", new DenseDelta(Nd4j.createFromArray(row).reshape(1, row.length))));
  }
}
