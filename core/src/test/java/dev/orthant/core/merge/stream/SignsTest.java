package dev.orthant.core.merge.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SignsTest {

  @Test
  void onlyOppositeSignsAreConflictsAndZeroHasNone() {
    Signs signs = new Signs();
    float[] first = {1, 1, 1, 0, -0.0f, -1, Float.MIN_VALUE, Float.MAX_VALUE, 9};
    float[] second = {1, -1, 0, 0, 1, -2, -Float.MIN_VALUE, -Float.MAX_VALUE, -9};
    float[] third = {-3, 2, 0, -0.0f, -0.0f, 0, 0, 1, 9};

    signs.clear(8);
    signs.see(first, 8);
    signs.see(second, 8);
    int two = signs.conflicts(8);
    signs.see(third, 8);
    int three = signs.conflicts(8);
    signs.clear(8);

    assertThat(two).isEqualTo(3); // at 1, 6 and 7
    assertThat(three).isEqualTo(4); // and at 0
    assertThat(signs.conflicts(8)).isZero();
  }
}
