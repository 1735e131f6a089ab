package org.example.orthant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.SubspaceConstraintContract;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The contract of constraints, on these configurations, and numbers worked out by hand. */
final class QuietInputsTest extends SubspaceConstraintContract<QuietInputsConfig> {

  @Override
  protected SubspaceConstraintFactory<QuietInputsConfig> factory() {
    return new QuietInputsFactory();
  }

  @Override
  protected Stream<QuietInputsConfig> configurations() {
    return Stream.of(new QuietInputsConfig(false), new QuietInputsConfig(true));
  }

  @Test
  void theSmallestFeaturesAreChosen() {
    // two tokens of one task: mean squares 9, 1 and 4; of another: 1, 3 and 4; their means 5, 2, 4
    FeatureStatistics first = statistics("first", 2, 18, 2, 8);
    FeatureStatistics second = statistics("second", 1, 1, 3, 4);

    float[][] rows =
        factory()
            .create(factory().defaults())
            .basis(
                new SubspaceConstraint.Request(
                    new Site("query", 0, 3, 3),
                    2,
                    Optional.empty(),
                    List.of(first, second),
                    new Random(1)))
            .rows()
            .toFloatMatrix();

    assertThat(rows).isEqualTo(new float[][] {{0, 1, 0}, {0, 0, 1}});
  }

  private static FeatureStatistics statistics(
      String task, long count, double a, double b, double c) {
    return new FeatureStatistics(
        task, count, new double[3], new double[] {a, 0, 0, 0, b, 0, 0, 0, c});
  }
}
