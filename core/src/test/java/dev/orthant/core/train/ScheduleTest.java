package dev.orthant.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ScheduleTest {

  private static final double EXACT = 1e-15;

  @Test
  void warmUpBeginsAtZeroAndRisesLinearly() {
    assertThat(Schedule.LINEAR.factor(0, 4, 10)).isZero();
    assertThat(Schedule.COSINE.factor(1, 4, 10)).isEqualTo(0.25);
    assertThat(Schedule.CONSTANT.factor(3, 4, 10)).isEqualTo(0.75);
  }

  @Test
  void linearFallsToZeroAfterTheLastStep() {
    assertThat(Schedule.LINEAR.factor(4, 4, 10)).isEqualTo(1);
    assertThat(Schedule.LINEAR.factor(7, 4, 10)).isEqualTo(0.5);
    assertThat(Schedule.LINEAR.factor(10, 4, 10)).isZero();
  }

  @Test
  void cosineIsHalfwayDownInTheMiddle() {
    assertThat(Schedule.COSINE.factor(5, 0, 10)).isCloseTo(0.5, within(EXACT));
    assertThat(Schedule.COSINE.factor(0, 0, 10)).isEqualTo(1);
  }

  @Test
  void constantStaysAfterWarmUp() {
    assertThat(Schedule.CONSTANT.factor(9, 4, 10)).isEqualTo(1);
  }
}
