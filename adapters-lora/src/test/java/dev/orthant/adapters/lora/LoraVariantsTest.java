package dev.orthant.adapters.lora;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigurationException;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.testing.RandomStatistics;
import dev.orthant.core.train.AdamW;
import dev.orthant.core.train.NamedParameter;
import dev.orthant.core.train.TrainingConfig;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What distinguishes LoRA+ and LoRA-FA from LoRA: how their factors are trained. */
final class LoraVariantsTest {

  private static final double RATE = 1e-3;

  /** Adam's first step is the rate times the sign of the gradient, but for epsilon and rounding. */
  private static final double FIRST_STEP = 1e-6;

  @Test
  void bLearnsFasterByTheRatio() {
    Adapter adapter = new LoraPlusFactory().create(LoraPlusConfig.defaults(), site(null));
    INDArray a = adapter.parameters().get(0).value().dup();

    step(adapter);

    assertThat(largest(adapter.parameters().get(0).value().sub(a)))
        .isCloseTo(RATE, within(FIRST_STEP));
    assertThat(largest(adapter.parameters().get(1).value()))
        .isCloseTo(16 * RATE, within(FIRST_STEP));
  }

  @Test
  void aFrozenAStaysAsLoraDrawsIt() {
    Adapter frozen = new LoraFaFactory().create(LoraFaConfig.defaults(), site(null));
    Adapter lora = new LoraFactory().create(LoraConfig.defaults(), site(null));

    step(frozen);

    assertThatTensor(frozen.parameters().get(0).value())
        .hasSameBitsAs(lora.parameters().get(0).value());
    assertThat(largest(frozen.parameters().get(1).value())).isCloseTo(RATE, within(FIRST_STEP));
  }

  @Test
  void aFrozenAOfZerosIsRefused() {
    ConstrainedBasis basis =
        new ConstrainedBasis(
            ConstrainedBasis.Side.OUTPUT,
            RandomStatistics.orthonormalRows(8, 10, 1),
            new Hold.InitOnly(),
            null,
            null);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LoraFaFactory().create(LoraFaConfig.defaults(), site(basis)))
        .withMessageContaining("lora-fa cannot be trained with a constraint that gives B");
  }

  @Test
  void keysAreThoseOfLoraAndTheRatio() {
    LoraPlusConfig config =
        new ConfigDecoder()
            .decode(
                "{rank: 4, target_modules: dense, b_learning_rate_ratio: 8}",
                LoraPlusConfig.class,
                LoraPlusConfig.defaults());

    assertThat(config.lora().rank()).isEqualTo(4);
    assertThat(config.lora().targetModules()).containsExactly("dense");
    assertThat(config.at(2, 3).bLearningRateRatio()).isEqualTo(8);
  }

  @Test
  void aRatioThatIsNotPositiveIsRefused() {
    assertThatThrownBy(
            () ->
                new ConfigDecoder()
                    .decode(
                        "b_learning_rate_ratio: 0",
                        LoraPlusConfig.class,
                        LoraPlusConfig.defaults()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("b_learning_rate_ratio must be positive and finite, was 0.0");
  }

  private static AdapterSite site(@Nullable ConstrainedBasis basis) {
    return AdapterSite.builder(new Site("layer.query", 0, 12, 10), new Random(1))
        .basis(basis)
        .build();
  }

  /** One step along a gradient of ones. */
  private static void step(Adapter adapter) {
    List<NamedParameter> parameters =
        adapter.parameters().stream().map(p -> new NamedParameter(p.name(), p)).toList();
    AdamW optimizer = new AdamW(new PortableKernels(), TrainingConfig.defaults(), parameters);
    adapter.parameters().stream()
        .filter(Parameter::isTrainable)
        .forEach(p -> p.gradient().assign(1));
    optimizer.step(RATE, 0);
  }

  private static double largest(INDArray values) {
    return values.amaxNumber().doubleValue();
  }
}
