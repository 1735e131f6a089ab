package dev.orthant.core.merge;

import java.util.List;

/** A merge cannot start; the message lists everything that is in its way. */
public final class MergeRefusedException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // an immutable list of strings, which is serialisable
  private final List<String> problems;

  /**
   * @param merger the name of the rule
   * @param problems what is wrong, one sentence each; not empty
   */
  public MergeRefusedException(String merger, List<String> problems) {
    super(
        problems.size() == 1
            ? "cannot merge with '%s': %s".formatted(merger, problems.get(0))
            : "cannot merge with '%s', %d problems:%n  - %s"
                .formatted(
                    merger,
                    problems.size(),
                    String.join(System.lineSeparator() + "  - ", problems)));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, one sentence each. */
  public List<String> problems() {
    return problems;
  }
}
