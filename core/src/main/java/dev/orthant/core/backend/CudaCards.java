package dev.orthant.core.backend;

import dev.orthant.core.backend.CudaSupport.Card;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks the NVIDIA driver about the cards of this machine, without starting CUDA. */
final class CudaCards {

  private static final List<String> COMMAND =
      List.of("nvidia-smi", "--query-gpu=name,compute_cap", "--format=csv,noheader");
  private static final long TIMEOUT_SECONDS = 20;

  private CudaCards() {}

  /**
   * Refuses a machine without a card, or with one that ND4J's library cannot run on.
   *
   * @throws BackendException naming the card or what is missing
   */
  static void requireSupported() {
    List<Card> cards = installed();
    if (cards.isEmpty()) {
      throw new BackendException("the CUDA build needs an NVIDIA card, and this machine has none");
    }
    for (Card card : cards) {
      CudaSupport.refusal(card)
          .ifPresent(
              reason -> {
                throw new BackendException(reason);
              });
    }
  }

  private static List<Card> installed() {
    try {
      Process process = new ProcessBuilder(COMMAND).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new BackendException("the NVIDIA driver does not answer: nvidia-smi hangs");
      }
      if (process.exitValue() != 0) {
        throw new BackendException("the NVIDIA driver does not work: " + answer.strip());
      }
      return CudaSupport.parse(answer);
    } catch (IOException e) {
      throw new BackendException(
          "the CUDA build needs the NVIDIA driver: nvidia-smi cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException("interrupted while asking nvidia-smi for the cards", e);
    }
  }
}
