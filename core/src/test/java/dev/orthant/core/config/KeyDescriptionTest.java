package dev.orthant.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.spi.Hold;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class KeyDescriptionTest {

  /** A configuration with a rule of each sort. */
  record Sample(
      double density,
      int rank,
      long even,
      float ratio,
      double low,
      double high,
      @Nullable Double absent,
      String text,
      Hold hold,
      List<Integer> layers,
      Map<String, Double> alphas,
      Inner inner) {

    Sample {
      require(density > 0 && density <= 1, "density must be in (0, 1], was " + density);
      require(rank >= 1, "rank must be at least 1, was " + rank);
      require(even >= 2, "even must be at least 2, was " + even);
      require(even % 2 == 0, "even must be a multiple of 2, was " + even);
      require(ratio > 0, "ratio must be positive, was " + ratio);
      require(low <= high, "low must be at most high, was " + low);
      require(absent == null || absent < 3, "absent must be below 3, was " + absent);
    }

    static Sample defaults() {
      return new Sample(
          0.5,
          8,
          4,
          2,
          0,
          1,
          null,
          "abc",
          new Hold.InitOnly(),
          List.of(),
          Map.of(),
          new Inner(0.25));
    }

    private static void require(boolean condition, String message) {
      if (!condition) {
        throw new IllegalArgumentException(message);
      }
    }
  }

  /** A nested configuration. */
  record Inner(double share) {

    Inner {
      if (!(share >= 0 && share < 1)) {
        throw new IllegalArgumentException("share must be in [0, 1), was " + share);
      }
    }
  }

  @Test
  void everyKeyHasItsTypeAndDefault() {
    assertThat(KeyDescription.of(Sample.defaults()))
        .extracting(key -> key.key() + ": " + key.type() + " = " + key.otherwise())
        .containsExactly(
            "density: number = 0.5",
            "rank: whole number = 8",
            "even: whole number = 4",
            "ratio: number = 2.0",
            "low: number = 0.0",
            "high: number = 1.0",
            "absent: number = null",
            "text: text = \"abc\"",
            "hold: one of init-only, frozen, {projected: energy}, {penalty: weight}"
                + " = \"init-only\"",
            "layers: list of whole number = []",
            "alphas: mapping of names to number = {}",
            "inner: mapping = {\"share\":0.25}",
            "inner.share: number = 0.25");
  }

  @Test
  void rulesAreTheConstructorsOwnWords() {
    assertThat(rules("density")).containsExactly("in (0, 1]");
    assertThat(rules("even")).containsExactly("at least 2", "a multiple of 2");
    assertThat(rules("low")).containsExactly("at most high");
    assertThat(rules("absent")).containsExactly("below 3");
    assertThat(rules("inner.share")).containsExactly("in [0, 1)");
    assertThat(rules("text")).isEmpty();
  }

  @Test
  void boundsAreThoseThatTheConstructorKeepsTo() {
    assertThat(bounds("density")).isEqualTo(new Bounds(0.0, true, 1.0, false));
    assertThat(bounds("rank")).isEqualTo(new Bounds(1.0, false, null, false));
    assertThat(bounds("even")).isEqualTo(new Bounds(2.0, false, null, false));
    assertThat(bounds("ratio")).isEqualTo(new Bounds(0.0, true, null, false));
    assertThat(bounds("absent")).isEqualTo(new Bounds(null, false, 3.0, true));
  }

  @Test
  void aRuleAboutTwoKeysGivesNoBounds() {
    assertThat(bounds("low")).isEqualTo(Bounds.NONE);
    assertThat(bounds("high")).isEqualTo(Bounds.NONE);
  }

  private static List<String> rules(String key) {
    return KeyDescription.of(Sample.defaults()).stream()
        .filter(described -> described.key().equals(key))
        .findFirst()
        .orElseThrow()
        .rules();
  }

  private static Bounds bounds(String key) {
    RecordType record = RecordType.of(Sample.class);
    return new FieldProbe(record, Sample.defaults(), record.keys().indexOf(key)).bounds();
  }
}
