package dev.orthant.core.application;

import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * A text, or a pair of texts, with the name of its class.
 *
 * @param input the text or the pair
 * @param label the name of its class
 */
public record LabelledText(TextInput input, String label) {

  /** A text with its class. */
  public static LabelledText of(String text, String label) {
    return new LabelledText(TextInput.of(text), label);
  }

  /** A pair of texts with its class. */
  public static LabelledText of(String first, String second, String label) {
    return new LabelledText(TextInput.of(first, second), label);
  }

  /**
   * The rows of a task, whose classes are the labels that occur in them, sorted.
   *
   * @param name {@code [a-z0-9][a-z0-9-]*}; it is written beside the adapter
   * @param train rows to train on
   * @param validation rows that the best checkpoint is chosen by; may be empty
   * @throws IllegalArgumentException if there are fewer than two classes among the rows to train
   *     on, or validation rows have one that those do not
   */
  public static TaskData task(
      String name, List<LabelledText> train, List<LabelledText> validation) {
    List<String> labels =
        List.copyOf(new TreeSet<>(train.stream().map(LabelledText::label).toList()));
    if (labels.size() < 2) {
      throw new IllegalArgumentException(
          "task '%s': a classifier needs rows of two classes at least, has %s"
              .formatted(name, labels));
    }
    return new TaskData(
        name, labels, examples(name, labels, train), examples(name, labels, validation), List.of());
  }

  private static List<Example> examples(String task, List<String> labels, List<LabelledText> rows) {
    List<Example> examples = new ArrayList<>(rows.size());
    for (LabelledText row : rows) {
      int label = labels.indexOf(row.label());
      if (label < 0) {
        throw new IllegalArgumentException(
            "task '%s': a validation row has the label '%s', rows to train on have %s"
                .formatted(task, row.label(), labels));
      }
      examples.add(new Example(row.input().first(), row.input().second(), label));
    }
    return examples;
  }
}
