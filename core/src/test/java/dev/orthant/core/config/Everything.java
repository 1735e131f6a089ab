package dev.orthant.core.config;

import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.TargetModules;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A component of every type that a configuration can have. */
record Everything(
    int rank,
    long seed,
    double learningRate,
    float dropout,
    boolean useBias,
    String name,
    Path file,
    Mode mode,
    List<Integer> layers,
    Map<String, Double> weights,
    Optional<Integer> limit,
    @Nullable String note,
    Nested nested,
    Hold hold,
    TargetModules targetModules) {

  enum Mode {
    INIT_ONLY,
    FULL_RANK
  }

  record Nested(double alpha, List<String> words) {
    Nested {
      if (!(alpha > 0)) {
        throw new IllegalArgumentException("alpha must be positive, was " + alpha);
      }
      words = List.copyOf(words);
    }
  }

  Everything {
    if (rank < 1) {
      throw new IllegalArgumentException("rank must be at least 1, was " + rank);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), was " + dropout);
    }
    if (rank > 100 && useBias) {
      throw new IllegalArgumentException("a rank above 100 has no bias");
    }
  }

  static Everything defaults() {
    return new Everything(
        8,
        42,
        2e-3,
        0.1f,
        false,
        "default",
        Path.of("data"),
        Mode.INIT_ONLY,
        List.of(1, 2),
        Map.of("a", 1.0),
        Optional.empty(),
        null,
        new Nested(16, List.of("x")),
        new Hold.InitOnly(),
        TargetModules.of("query", "value"));
  }
}
