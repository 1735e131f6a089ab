package dev.orthant.core.merge.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SizesTest {

  @ParameterizedTest
  @CsvSource({"17, 17", "2k, 2048", "3MiB, 3145728", "2g, 2147483648", "5GB, 5000000000"})
  void unitsAreThoseOfPeople(String text, long bytes) {
    assertThat(Sizes.bytes("memory", text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "g", "-1g", "1.5g", "2x"})
  void otherTextIsRefusedByName(String text) {
    assertThatThrownBy(() -> Sizes.bytes("memory", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("memory must be a size");
  }

  @Test
  void sizesBeyondALongAreRefused() {
    assertThatThrownBy(() -> Sizes.bytes("memory", "999999999999t"))
        .hasMessageContaining("too large");
  }
}
