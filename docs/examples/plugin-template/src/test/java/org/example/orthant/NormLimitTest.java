package org.example.orthant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.spi.DeltaTransform.Result;
import dev.orthant.core.spi.DeltaTransformFactory;
import dev.orthant.core.testing.ComponentContract;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** The contract of all components, and numbers worked out by hand. */
final class NormLimitTest extends ComponentContract<NormLimitConfig> {

  @Override
  protected DeltaTransformFactory<NormLimitConfig> factory() {
    return new NormLimitFactory();
  }

  @Override
  protected boolean isCommonKnowledge() {
    return true;
  }

  @Test
  void aLongDeltaIsShortened() {
    Result result = transform(3, 4);

    // the norm is 5; a half of it is left
    assertThat(result.delta().dense().toFloatVector()).containsExactly(1.5f, 2);
    assertThat(result.relativeError()).isEqualTo(0.5);
  }

  @Test
  void aShortDeltaIsLeftAlone() {
    Result result = transform(0.3f, 0.4f);

    assertThat(result.delta().dense().toFloatVector()).containsExactly(0.3f, 0.4f);
    assertThat(result.relativeError()).isZero();
  }

  private Result transform(float... row) {
    DenseDelta delta = new DenseDelta(Nd4j.createFromArray(row).reshape(1, row.length));
    return factory()
        .create(new NormLimitConfig(2.5))
        .transform("layer.weight", delta, Optional.empty(), List.of());
  }
}
