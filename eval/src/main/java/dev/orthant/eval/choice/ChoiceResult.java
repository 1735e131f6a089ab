package dev.orthant.eval.choice;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * An accuracy, with what it has to be read with.
 *
 * @param protocol how it was measured; results of different protocols are not comparable
 * @param task the name of the task
 * @param metric such as {@code acc_norm}
 * @param accuracy the share of questions answered right
 * @param standardError of the accuracy over questions; NaN for one
 * @param questions how many
 * @param promptHash the first 16 hexadecimal digits of the SHA-256 of all prompts
 */
public record ChoiceResult(
    String protocol,
    String task,
    String metric,
    double accuracy,
    double standardError,
    int questions,
    String promptHash) {

  static ChoiceResult of(
      String protocol, String task, String metric, boolean[] right, List<String> prompts) {
    int count = 0;
    for (boolean one : right) {
      count += one ? 1 : 0;
    }
    double accuracy = (double) count / right.length;
    // of a mean of zeros and ones; NaN for one
    double error = Math.sqrt(accuracy * (1 - accuracy) / (right.length - 1));
    return new ChoiceResult(protocol, task, metric, accuracy, error, right.length, hash(prompts));
  }

  private static String hash(List<String> prompts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String prompt : prompts) {
        digest.update((prompt + '\0').getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
