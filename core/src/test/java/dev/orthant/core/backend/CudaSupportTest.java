package dev.orthant.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.orthant.core.backend.CudaSupport.Card;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CudaSupportTest {

  @ParameterizedTest
  @CsvSource({
    "Tesla K80, 3, 7",
    "Tesla P100, 6, 0",
    "Tesla V100, 7, 0",
    "Tesla T4, 7, 5",
    "A100, 8, 0",
    "RTX 3090, 8, 6",
    "RTX 4090, 8, 9"
  })
  void cardsFromKeplersLastToAdaRun(String name, int major, int minor) {
    assertThat(CudaSupport.refusal(new Card(name, major, minor))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Tesla K40, 3, 5, old",
    "Tesla M2090, 2, 0, old",
    "NVIDIA H200, 9, 0, new",
    "B200, 10, 0, new"
  })
  void otherCardsAreRefusedByName(String name, int major, int minor, String reason) {
    assertThat(CudaSupport.refusal(new Card(name, major, minor)))
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .startsWith(name + " has compute capability " + major + "." + minor)
                    .contains("too " + reason));
  }

  @Test
  void theDriversAnswerIsRead() {
    assertThat(CudaSupport.parse("NVIDIA A100-SXM4-40GB, 8.0\nNVIDIA RTX, special, 12.0\n\n"))
        .containsExactly(
            new Card("NVIDIA A100-SXM4-40GB", 8, 0), new Card("NVIDIA RTX, special", 12, 0));
  }

  @Test
  void anAnswerOfAnotherFormIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CudaSupport.parse("NVIDIA-SMI has failed"))
        .withMessageContaining("NVIDIA-SMI has failed");
  }
}
