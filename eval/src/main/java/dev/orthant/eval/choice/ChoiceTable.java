package dev.orthant.eval.choice;

import java.util.List;
import java.util.Locale;

/**
 * Results side by side, all of one protocol.
 *
 * @param protocol the protocol of all
 * @param results the results
 */
public record ChoiceTable(String protocol, List<ChoiceResult> results) {

  /** Refuses results of another protocol. */
  public ChoiceTable {
    results = List.copyOf(results);
    for (ChoiceResult result : results) {
      if (!result.protocol().equals(protocol)) {
        throw new IllegalArgumentException(
            "a table of protocol '%s' cannot have the result of task '%s' by '%s'"
                .formatted(protocol, result.task(), result.protocol()));
      }
    }
  }

  /** A Markdown table, with the protocol above it. */
  public String markdown() {
    StringBuilder text = new StringBuilder("Protocol: " + protocol + "\n\n");
    text.append("| task | metric | accuracy | standard error | questions | prompts |\n");
    text.append("|---|---|---|---|---|---|\n");
    for (ChoiceResult r : results) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %.4f | %.4f | %d | %s |\n",
              r.task(),
              r.metric(),
              r.accuracy(),
              r.standardError(),
              r.questions(),
              r.promptHash()));
    }
    return text.toString();
  }
}
