package dev.orthant.core.features;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What statistics were taken with. Only statistics of one source can be added up, or used together.
 *
 * @param base fingerprint of the checkpoint whose features these are; with a suffix for adapters
 *     that were merged into it
 * @param tokenizer fingerprint of the tokenizer
 * @param unit what counts as one feature vector
 */
public record StatisticsSource(String base, String tokenizer, Unit unit) {

  private static final int SHOWN = 12;
  private static final int MODULES_SHOWN = 3;

  /** What counts as one feature vector. */
  public enum Unit {
    /** Every token. */
    TOKENS,
    /** The mean over the tokens of an example. */
    MEANS
  }

  /**
   * Why statistics of another source, at some modules, cannot be used where those of this one are
   * expected; empty if they can.
   *
   * @param there the source of the statistics there are
   * @param covered the modules that they cover
   * @param needed the modules that are needed
   */
  public List<String> misfits(
      StatisticsSource there, Collection<String> covered, Collection<String> needed) {
    List<String> misfits = new ArrayList<>();
    if (!there.base.equals(base)) {
      misfits.add(
          "of another base model (%s, expected %s)".formatted(head(there.base), head(base)));
    }
    if (!there.tokenizer.equals(tokenizer)) {
      misfits.add(
          "of another tokenizer (%s, expected %s)"
              .formatted(head(there.tokenizer), head(tokenizer)));
    }
    if (there.unit != unit) {
      misfits.add("of %s, expected %s".formatted(word(there.unit), word(unit)));
    }
    List<String> missing = needed.stream().filter(module -> !covered.contains(module)).toList();
    if (!missing.isEmpty()) {
      misfits.add(
          "without %d of %d modules, among them %s"
              .formatted(
                  missing.size(),
                  needed.size(),
                  String.join(", ", missing.subList(0, Math.min(MODULES_SHOWN, missing.size())))));
    }
    return misfits;
  }

  private static String word(Unit unit) {
    return unit == Unit.TOKENS ? "tokens" : "means of examples";
  }

  private static String head(String fingerprint) {
    return fingerprint.substring(0, Math.min(SHOWN, fingerprint.length())) + "...";
  }
}
