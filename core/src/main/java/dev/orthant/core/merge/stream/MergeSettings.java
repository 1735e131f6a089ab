package dev.orthant.core.merge.stream;

/**
 * How much of the machine a merge uses.
 *
 * @param threads that read, compute and write
 * @param memoryBytes that the whole process may use, the virtual machine included
 * @param shardBytes the most bytes of tensors in one file of the result
 */
public record MergeSettings(int threads, long memoryBytes, long shardBytes) {

  /** What the virtual machine, its libraries and the heap take beside the arrays of a merge. */
  public static final long OVERHEAD = 384L << 20;

  private static final long LEAST = 512L << 20;

  /** Refuses what nothing can run with. */
  public MergeSettings {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, was " + threads);
    }
    if (memoryBytes < LEAST) {
      throw new IllegalArgumentException(
          "memory must be at least %d MiB, was %d bytes".formatted(LEAST >> 20, memoryBytes));
    }
    if (shardBytes < 1) {
      throw new IllegalArgumentException("shard_size must be at least 1 byte, was " + shardBytes);
    }
  }

  /** Two GiB of memory and files of 5 GB, the most that the Hugging Face hub likes. */
  public static MergeSettings defaults() {
    return new MergeSettings(
        Math.max(1, Runtime.getRuntime().availableProcessors()), 2L << 30, 5_000_000_000L);
  }

  /** A number of bytes for people. */
  public static String text(long bytes) {
    if (bytes < 1L << 20) {
      return bytes + " bytes";
    }
    return bytes < 10L << 30
        ? "%d MiB".formatted((bytes + (1L << 20) - 1) >> 20)
        : "%d GiB".formatted((bytes + (1L << 30) - 1) >> 30);
  }

  /** What is left for the arrays of a merge. */
  long arrayBytes() {
    return memoryBytes - OVERHEAD;
  }
}
