package dev.orthant.core.progress;

/**
 * Told how far long work has come.
 *
 * <pre>{@code
 * try (Progress.Task task = progress.start("statistics", rows, "rows")) {
 *   for (Batch batch : batches) {
 *     ...
 *     task.step(batch.size());
 *   }
 * }
 * }</pre>
 */
@FunctionalInterface
public interface Progress {

  /** The total of a task whose length is not known. */
  long UNKNOWN = -1;

  /**
   * Begins a piece of work; its end is {@link Task#close()}.
   *
   * @param name what is done, in a few words
   * @param total how many units there are, or {@link #UNKNOWN}
   * @param unit what is counted, in the plural: {@code steps}, {@code rows}, {@code tensors}
   */
  Task start(String name, long total, String unit);

  /** Tells nobody. */
  static Progress none() {
    return (name, total, unit) -> NoTask.INSTANCE;
  }

  /** One piece of work under way. Used by one thread at a time. */
  interface Task extends AutoCloseable {

    /**
     * Further units are done.
     *
     * @param units how many since the last call; not negative
     */
    void step(long units);

    /**
     * A short note on where the work stands, such as {@code loss 0.412}; replaces the one before.
     */
    void message(String text);

    /** The work is over, whether or not all of it was done. */
    @Override
    void close();
  }
}
