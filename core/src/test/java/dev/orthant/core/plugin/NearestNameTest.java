package dev.orthant.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NearestNameTest {

  private static final List<String> NAMES =
      List.of("rank", "alpha", "target_modules", "task-arithmetic", "ties");

  @ParameterizedTest
  @CsvSource({
    "ranks, rank", // one insertion
    "teis, ties", // one swap of neighbours
    "targetModules, target_modules", // one substitution, one insertion
    "task-arithmatic, task-arithmetic",
    "task, task-arithmetic", // the only name that begins so
    "al, alpha"
  })
  void findsWhatWasMeant(String asked, String meant) {
    assertThat(NearestName.of(asked, NAMES)).contains(meant);
    assertThat(NearestName.hint(asked, NAMES)).isEqualTo(", did you mean '" + meant + "'?");
  }

  @ParameterizedTest
  @CsvSource({"momentum", "xyz", "ta", "''"})
  void staysSilentWhenNothingIsNear(String asked) {
    assertThat(NearestName.of(asked, NAMES)).isEmpty();
    assertThat(NearestName.hint(asked, NAMES)).isEmpty();
  }
}
