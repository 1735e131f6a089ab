package dev.orthant.core.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether ND4J's CUDA library runs on a card.
 *
 * <p>{@code nd4j-cuda-11.6} holds machine code for compute capability 3.7, 5.0, 5.2, 6.0, 6.1, 7.0,
 * 7.5, 8.0 and 8.6, and no portable code. Machine code runs on the capability that it was made for
 * and on higher minor ones of the same major one, so on Kepler (3.7), Maxwell, Pascal, Volta,
 * Turing, Ampere and Ada (8.9), and not on Hopper (9.0) or newer.
 */
public final class CudaSupport {

  private static final int OLDEST_MAJOR = 3;
  private static final int OLDEST_MINOR = 7;
  private static final int NEWEST_MAJOR = 8;

  private CudaSupport() {}

  /**
   * A card.
   *
   * @param name as the driver names it
   * @param major compute capability before the dot
   * @param minor compute capability after the dot
   */
  public record Card(String name, int major, int minor) {}

  /**
   * Why a card cannot be used, as a sentence for the user; empty when it can.
   *
   * @param card the card
   */
  public static Optional<String> refusal(Card card) {
    boolean tooOld =
        card.major() < OLDEST_MAJOR || card.major() == OLDEST_MAJOR && card.minor() < OLDEST_MINOR;
    boolean tooNew = card.major() > NEWEST_MAJOR;
    if (!tooOld && !tooNew) {
      return Optional.empty();
    }
    return Optional.of(
        "%s has compute capability %d.%d, which is too %s for ND4J's CUDA library (3.7 to 8.9: Kepler's last to Ada): use the CPU build"
            .formatted(card.name(), card.major(), card.minor(), tooNew ? "new" : "old"));
  }

  /**
   * Reads the answer of {@code nvidia-smi --query-gpu=name,compute_cap --format=csv,noheader}.
   *
   * @param answer one line a card, such as {@code NVIDIA A100-SXM4-40GB, 8.0}
   * @throws IllegalArgumentException if a line is not of that form
   */
  public static List<Card> parse(String answer) {
    List<Card> cards = new ArrayList<>();
    for (String line : answer.lines().map(String::strip).filter(l -> !l.isEmpty()).toList()) {
      int comma = line.lastIndexOf(',');
      String capability = line.substring(comma + 1).strip();
      if (comma < 1 || !capability.matches("\\d{1,3}\\.\\d{1,3}")) {
        throw new IllegalArgumentException(
            "nvidia-smi answered '" + line + "', expected 'name, major.minor'");
      }
      int dot = capability.indexOf('.');
      cards.add(
          new Card(
              line.substring(0, comma).strip(),
              Integer.parseInt(capability.substring(0, dot)),
              Integer.parseInt(capability.substring(dot + 1))));
    }
    return List.copyOf(cards);
  }
}
