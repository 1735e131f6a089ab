package dev.orthant.core.train;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.testing.RandomStatistics;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

final class AdamWTest {

  /** Twenty single-precision steps of size 0.05. */
  private static final double SINGLE_PRECISION = 2e-6;

  private final Kernels kernels = new PortableKernels();

  @ParameterizedTest
  @EnumSource(Schedule.class)
  void twentyStepsEqualPyTorchs(Schedule schedule) {
    Golden golden = Golden.load(AdamWTest.class, "/reference/adamw/adamw_schedules_20_steps.json");
    String name = schedule.name().toLowerCase(java.util.Locale.ROOT);
    INDArray target = golden.tensor("inputs", "target");
    INDArray c = golden.tensor("inputs", "c");
    INDArray expected = golden.tensor("outputs", name, "p");
    INDArray norms = golden.tensor("outputs", name, "gradient_norm");
    Parameter p = Parameter.trainable("p", golden.tensor("inputs", "p"));
    AdamW optimizer =
        new AdamW(kernels, config(schedule, 0.01), List.of(new NamedParameter("p", p)));

    for (int step = 0; step < 20; step++) {
      p.gradient().addi(p.value().sub(target).mul(c).mul(2));
      double norm = optimizer.gradientNorm();
      optimizer.step(0.05 * schedule.factor(step, 3, 20), norm);

      assertThat(norm).isCloseTo(norms.getDouble(step), within(1e-5));
      assertThatTensor(p.value())
          .isCloseTo(
              expected.get(NDArrayIndex.point(step), NDArrayIndex.all(), NDArrayIndex.all()),
              SINGLE_PRECISION,
              SINGLE_PRECISION);
    }
  }

  @Test
  void projectedParameterMovesOnlyAcrossTheAvoidedDirections() {
    INDArray rows = Nd4j.createFromArray(new float[][] {{1, 0, 0, 0.5f}, {0, 0.6f, 0.8f, 0}});
    INDArray avoided = Nd4j.createFromArray(new float[][] {{0, 0.6f, 0.8f, 0}, {0, 0, 0, 1}});
    Parameter a =
        Parameter.trainable("lora_A", rows.dup())
            .heldBy(new ConstrainedBasis(rows, Hold.Projected.defaults(), null, avoided));
    AdamW optimizer =
        new AdamW(kernels, config(Schedule.CONSTANT, 0.1), List.of(new NamedParameter("a", a)));

    a.gradient().assign(Nd4j.createFromArray(new float[][] {{1, -2, 3, 4}, {0, 5, -1, 2}}));
    double norm = optimizer.gradientNorm();
    optimizer.step(0.1, norm);

    // rows of the gradient have the squares 30 and 30, along the avoided directions 1.2, 4, 2.2, 2
    assertThat(norm).isCloseTo(Math.sqrt(60 - 1.44 - 16 - 4.84 - 4), within(1e-5));
    assertThatTensor(a.value().mmul(avoided.transpose()).dup('c'))
        .isCloseTo(rows.mmul(avoided.transpose()).dup('c'), 1e-7, 0);
    assertThat(a.value().getDouble(0, 0)).isCloseTo(1 - 0.1 - 0.01, within(1e-5));
  }

  @Test
  void penaltyAddsItsGradient() {
    INDArray value = Nd4j.createFromArray(new float[][] {{1, 2}});
    INDArray moment = Nd4j.createFromArray(new float[][] {{2, 1}, {1, 3}});
    Parameter a = held(value, moment);
    AdamW optimizer =
        new AdamW(kernels, config(Schedule.CONSTANT, 0), List.of(new NamedParameter("a", a)));

    double norm = optimizer.gradientNorm();

    // 2 * 0.5 * (1, 2) [[2, 1], [1, 3]] = (4, 7)
    assertThatTensor(a.gradient()).isCloseTo(Nd4j.createFromArray(new float[][] {{4, 7}}), 1e-6, 0);
    assertThat(norm).isCloseTo(Math.sqrt(65), within(1e-6));
  }

  @Test
  void penaltysGradientEqualsFiniteDifferencesOfThePenalty() {
    FeatureStatistics features = RandomStatistics.of("other", 6, 5);
    INDArray moment = Nd4j.createFromArray(features.secondMoment()).reshape('c', 6, 6);
    INDArray value = RandomStatistics.orthonormalRows(2, 6, 9);
    Parameter a = held(value, moment.castTo(DataType.FLOAT));

    new AdamW(kernels, config(Schedule.CONSTANT, 0), List.of(new NamedParameter("a", a)))
        .gradientNorm();

    double step = 1e-4;
    INDArray at = value.castTo(DataType.DOUBLE);
    INDArray differences = Nd4j.create(DataType.FLOAT, 2, 6);
    for (int i = 0; i < 12; i++) {
      double up = penalty(at, moment, i, step);
      double down = penalty(at, moment, i, -step);
      differences.putScalar(new long[] {i / 6, i % 6}, (up - down) / (2 * step));
    }
    assertThatTensor(a.gradient()).isCloseTo(differences, 1e-6, 1e-5);
  }

  /** Every other step: as two steps on its own, decay included. */
  @Test
  void aParameterThatRestsIsLeftAloneAndCountsItsOwnSteps() {
    Parameter always = Parameter.trainable("lora_B", Nd4j.createFromArray(new float[][] {{1}}));
    Parameter resting = Parameter.trainable("lora_B", Nd4j.createFromArray(new float[][] {{1}}));
    AdamW ofAlways = optimizer(always);
    AdamW ofResting = optimizer(resting);

    for (int step = 0; step < 4; step++) {
      boolean rests = step % 2 == 0;
      ofResting.rest(rests ? Set.of(resting) : Set.of());
      if (!rests) {
        take(ofAlways, always);
      }
      take(ofResting, resting);
    }

    assertThatTensor(resting.value()).hasSameBitsAs(always.value());
    assertThat(ofResting.restedSteps()).containsEntry("p", 2);
  }

  private AdamW optimizer(Parameter p) {
    return new AdamW(kernels, config(Schedule.CONSTANT, 0.1), List.of(new NamedParameter("p", p)));
  }

  private static void take(AdamW optimizer, Parameter p) {
    p.gradient().assign(3);
    optimizer.step(0.1, optimizer.gradientNorm());
  }

  @Test
  void aParameterOfTwoNamesIsTrainedOnce() {
    Parameter shared = Parameter.trainable("lora_mixer", Nd4j.createFromArray(new float[][] {{1}}));
    AdamW optimizer =
        new AdamW(
            kernels,
            config(Schedule.CONSTANT, 0),
            List.of(new NamedParameter("one", shared), new NamedParameter("two", shared)));
    shared.gradient().assign(3);

    double norm = optimizer.gradientNorm();
    optimizer.step(0.1, norm);

    assertThat(norm).isEqualTo(3);
    assertThat(shared.value().getDouble(0)).isCloseTo(0.9, within(1e-6)); // Adam's first step is 1
    assertThat(optimizer.state()).containsOnlyKeys("one.exp_avg", "one.exp_avg_sq");
  }

  private static Parameter held(INDArray value, INDArray moment) {
    return Parameter.trainable("lora_A", value)
        .heldBy(new ConstrainedBasis(value, new Hold.Penalty(0.5), moment, null));
  }

  /** 0.5 * trace(A S A'), with one element of A moved. */
  private static double penalty(INDArray a, INDArray moment, int element, double by) {
    INDArray moved = a.dup();
    moved.putScalar(
        new long[] {element / 6, element % 6}, a.getDouble(element / 6, element % 6) + by);
    return 0.5 * moved.mmul(moment).mul(moved).sumNumber().doubleValue();
  }

  private static TrainingConfig config(Schedule schedule, double weightDecay) {
    return new TrainingConfig(
        1,
        20,
        1,
        1,
        0.05,
        schedule,
        3,
        0,
        weightDecay,
        0.9,
        0.999,
        1e-8,
        1.0,
        false,
        0,
        0,
        1,
        true,
        0,
        0,
        Precision.FP32,
        false,
        null);
  }
}
