package dev.orthant.core.text;

import dev.orthant.core.spi.CounterRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Which rows go together in a batch, and in which order. */
public final class BatchOrder {

  /** Batches whose rows are sorted by length together, as Hugging Face's group_by_length does. */
  private static final int BATCHES_A_BUCKET = 50;

  private BatchOrder() {}

  /**
   * The batches of one training epoch: a permutation of the rows that is a function of the seed and
   * the epoch, cut into batches; the last may be short.
   *
   * @param groupByLength whether rows of similar length go together: buckets of 50 batches are
   *     sorted by length and the order of the batches is shuffled. Batches are packed, so this
   *     saves little time and costs some randomness.
   */
  public static List<int[]> training(
      TrainingRows rows, int batchSize, boolean groupByLength, long seed, int epoch) {
    SplittableRandom random =
        new SplittableRandom(CounterRandom.seed(seed, "epoch", Integer.toString(epoch)));
    int[] order = IntStream.range(0, rows.size()).toArray();
    shuffle(order, random);
    if (!groupByLength) {
      return cut(order, batchSize);
    }
    int bucket = batchSize * BATCHES_A_BUCKET;
    Integer[] boxed = Arrays.stream(order).boxed().toArray(Integer[]::new);
    for (int start = 0; start < boxed.length; start += bucket) {
      Arrays.sort(boxed, start, Math.min(boxed.length, start + bucket), byLength(rows));
    }
    List<int[]> batches = cut(Arrays.stream(boxed).mapToInt(i -> i).toArray(), batchSize);
    int[] batchOrder = IntStream.range(0, batches.size()).toArray();
    shuffle(batchOrder, random);
    List<int[]> shuffled = new ArrayList<>(batches.size());
    for (int i : batchOrder) {
      shuffled.add(batches.get(i));
    }
    return shuffled;
  }

  /** All rows once, longest first, so that buffers reach their size at the start. */
  public static List<int[]> evaluation(TrainingRows rows, int batchSize) {
    Integer[] order = IntStream.range(0, rows.size()).boxed().toArray(Integer[]::new);
    Arrays.sort(order, byLength(rows).reversed());
    return cut(Arrays.stream(order).mapToInt(i -> i).toArray(), batchSize);
  }

  private static Comparator<Integer> byLength(TrainingRows rows) {
    return Comparator.comparingInt(rows::length);
  }

  private static List<int[]> cut(int[] order, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch_size must be at least 1, was " + batchSize);
    }
    List<int[]> batches = new ArrayList<>();
    for (int start = 0; start < order.length; start += batchSize) {
      batches.add(Arrays.copyOfRange(order, start, Math.min(order.length, start + batchSize)));
    }
    return batches;
  }

  private static void shuffle(int[] values, SplittableRandom random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int t = values[i];
      values[i] = values[j];
      values[j] = t;
    }
  }
}
