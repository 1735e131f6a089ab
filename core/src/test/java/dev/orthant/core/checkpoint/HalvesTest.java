package dev.orthant.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HalvesTest {

  @ParameterizedTest
  @CsvSource({
    // sign, exponent 5, fraction 10: IEEE 754-2008 binary16
    "0x0000, 0x0p0",
    "0x8000, -0x0p0",
    "0x0001, 0x1p-24", // smallest subnormal
    "0x03ff, 0x3ffp-24", // largest subnormal
    "0x0400, 0x1p-14", // smallest normal
    "0x3c00, 1",
    "0xc000, -2",
    "0x3555, 0x1.554p-2", // nearest to a third
    "0x7bff, 65504", // largest
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
  })
  void halfPrecisionGoesBothWays(String bits, String value) {
    short half = (short) (int) Integer.decode(bits);
    float single = Float.parseFloat(value);

    assertThat(Float.floatToRawIntBits(Halves.fromF16(half)))
        .isEqualTo(Float.floatToRawIntBits(single));
    assertThat(Halves.toF16(single)).isEqualTo(half);
  }

  @ParameterizedTest
  @CsvSource({
    "65519.996, 0x7bff", // below the middle between the largest and 2^16
    "65520, 0x7c00", // the middle: ties to even is infinite
    "1e30, 0x7c00",
    "-1e30, 0xfc00",
    "1.00048828125, 0x3c00", // 1 + 2^-11: tie, to even below
    "1.00146484375, 0x3c02", // 1 + 3 * 2^-11: tie, to even above
    "2.9802322387695312e-8, 0x0000", // 2^-25: tie between 0 and the smallest subnormal
    "2.9802326e-8, 0x0001",
    "6.1035e-5, 0x0400", // subnormal that rounds up to the smallest normal
  })
  void halfPrecisionRoundsTiesToEven(float value, String bits) {
    assertThat(Halves.toF16(value)).isEqualTo((short) (int) Integer.decode(bits));
  }

  @Test
  void everyHalfComesBackUnchanged() {
    for (int i = 0; i < 1 << 16; i++) {
      short half = (short) i;
      float f16 = Halves.fromF16(half);
      float bf16 = Halves.fromBf16(half);
      if (Float.isNaN(f16)) {
        assertThat(Halves.toF16(f16)).isEqualTo((short) (half | 0x200));
      } else {
        assertThat(Halves.toF16(f16)).isEqualTo(half);
      }
      if (Float.isNaN(bf16)) {
        assertThat(Halves.toBf16(bf16)).isEqualTo((short) (half | 0x40));
      } else {
        assertThat(Halves.toBf16(bf16)).isEqualTo(half);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x3f808000, 0x3f80", // 1 + 2^-8: tie, to even below
    "0x3f818000, 0x3f82", // 1 + 3 * 2^-8: tie, to even above
    "0x3f808001, 0x3f81",
    "0x7f7fffff, 0x7f80", // largest single: infinite
    "0x7f800000, 0x7f80",
    "0x7f800001, 0x7fc0", // NaN whose payload is cut off stays NaN
    "0x00000001, 0x0000",
    "0x00008001, 0x0001", // subnormals too
  })
  void brainFloatRoundsTiesToEven(String single, String bits) {
    float value = Float.intBitsToFloat(Integer.decode(single));

    assertThat(Halves.toBf16(value)).isEqualTo((short) (int) Integer.decode(bits));
  }
}
