package dev.orthant.osrm;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.osrm.Features.onAxes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.adapter.LowRankFactors;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.osrm.OsrmConfig.Weighting;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class ScLoraTest {

  private static final double ROUNDING = 1e-6;
  private static final Site SITE = new Site("layer", 0, 2, 3);

  /** Outputs (x1, x2, 2 x2). */
  private static final INDArray WEIGHTS =
      Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}, {0, 2}});

  @Test
  void columnsAreTheLargestDirectionsOfTheOutputsDifference() {
    // (1 - beta) (4, 3) - beta (5, 1) is (-0.5, 1) for beta = 0.5, and (2.2, 2.6) for 0.2:
    // outputs are weighed by it along (1, 0, 0), and 5 times by it along (0, 1, 2) / sqrt(5).
    float third = (float) (2 / Math.sqrt(5));
    INDArray along = Nd4j.createFromArray(new float[][] {{0, third / 2, third}});

    ConstrainedBasis one = basis(config(0.5, new Hold.InitOnly()), 1);
    ConstrainedBasis two = basis(config(0.2, new Hold.Frozen()), 2);

    assertThat(one.side()).isEqualTo(ConstrainedBasis.Side.OUTPUT);
    assertThatTensor(one.rows()).isCloseTo(along, ROUNDING, 0);
    assertThatTensor(two.rows())
        .isCloseTo(
            Nd4j.concat(0, along, Nd4j.createFromArray(new float[][] {{1, 0, 0}})), ROUNDING, 0);
  }

  @Test
  void bStartsAsTheColumnsAndAAtZero() {
    ConstrainedBasis basis = basis(config(0.2, new Hold.Frozen()), 2);
    AdapterSite site = AdapterSite.builder(SITE, new Random(1)).basis(basis).build();

    Parameter a = LowRankFactors.a(site, 2, InitialA.KAIMING);
    Parameter b = LowRankFactors.b(site, 2);

    assertThatTensor(a.value()).isCloseTo(Nd4j.zeros(a.value().dataType(), 2, 2), 0, 0);
    assertThat(a.isTrainable()).isTrue();
    assertThatTensor(b.value()).isCloseTo(basis.rows().transpose().dup('c'), 0, 0);
    assertThat(b.isTrainable()).isFalse();
  }

  @Test
  void otherHoldsAndRanksAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(0.5, Hold.Projected.defaults()))
        .withMessageContaining("hold must be init-only or frozen");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(1.5, new Hold.Frozen()))
        .withMessage("beta must be in [0, 1], was 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> basis(config(0.5, new Hold.Frozen()), new Site("layer", 0, 2, 1), 2))
        .withMessage("rank must be at most 1, the outputs of module 'layer', was 2");
  }

  private static ScLoraConfig config(double beta, Hold hold) {
    return new ScLoraConfig(hold, 1, Weighting.PER_TASK, false, beta);
  }

  private static ConstrainedBasis basis(ScLoraConfig config, int rank) {
    return basis(config, SITE, rank);
  }

  private static ConstrainedBasis basis(ScLoraConfig config, Site site, int rank) {
    FeatureStatistics own = onAxes("own", 10, 4, 3);
    List<FeatureStatistics> others = List.of(onAxes("other", 20, 5, 1));
    return new ScLoraFactory()
        .create(config)
        .basis(new Request(site, rank, Optional.of(own), others, new Random(1), () -> WEIGHTS));
  }
}
