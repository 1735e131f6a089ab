package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.DeltaTransform;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class CompressTest {

  /** diag(4, 3): rank 1 keeps 4 and loses 3 of a norm of 5. */
  @Test
  void handExample() {
    INDArray diagonal = Nd4j.createFromArray(new float[][] {{4, 0}, {0, 3}});

    DeltaTransform.Result dense = compress(new CompressConfig(1, 1), new DenseDelta(diagonal));
    DeltaTransform.Result lora =
        compress(new CompressConfig(1, 1), new LoraDelta(diagonal, Nd4j.eye(2), 1));

    for (DeltaTransform.Result result : List.of(dense, lora)) {
      assertThat(result.relativeError()).isCloseTo(0.6, within(1e-12));
      assertThat(((LoraDelta) result.delta()).rank()).isEqualTo(1);
      assertThatTensor(result.delta().dense())
          .isCloseTo(Nd4j.createFromArray(new float[][] {{4, 0}, {0, 0}}), 1e-6, 0);
    }
  }

  @Test
  void vectorsAreLeftAlone() {
    Delta bias = new DenseDelta(Nd4j.ones(5));

    assertThat(compress(CompressConfig.defaults(), bias))
        .isEqualTo(new DeltaTransform.Result(bias, 0));
  }

  @Test
  void refusesValuesOutOfRange() {
    assertThatThrownBy(() -> new CompressConfig(0, 1)).hasMessage("rank must be at least 1, was 0");
    assertThatThrownBy(() -> new CompressConfig(1, 1.5))
        .hasMessage("energy must be in (0, 1], was 1.5");
  }

  @Test
  void namesTheTensorThatIsNotFinite() {
    Delta broken = new DenseDelta(Nd4j.createFromArray(new float[][] {{1, Float.NaN}}));

    assertThatThrownBy(() -> compress(CompressConfig.defaults(), broken))
        .hasMessage("tensor 'm.weight': delta must be finite, was NaN at [0, 1]");
  }

  private static DeltaTransform.Result compress(CompressConfig config, Delta delta) {
    return new CompressFactory()
        .create(config)
        .transform("m.weight", delta, Optional.empty(), List.of());
  }
}
