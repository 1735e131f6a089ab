package dev.orthant.core.text;

import dev.orthant.core.spi.Component;
import java.util.Optional;

/**
 * A source of tasks: a collection, a file layout, a generator.
 *
 * @param <C> its configuration, which says which task and where it lies
 */
public interface TaskFactory<C extends Record> extends Component<C> {

  /**
   * The rows of a task. Equal requests of equal sources give the same rows.
   *
   * @throws IllegalArgumentException if they cannot be read, naming the file and what is wrong
   */
  TaskData read(C config, TaskRequest request);

  /**
   * The name of the metric that the task is published with; empty for the usual one of its kind.
   */
  default Optional<String> metric(C config) {
    return Optional.empty();
  }
}
