package dev.orthant.core.merge.stream;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A tensor, or a block of one, whose deltas are read into slots when a rule asks for them. */
final class StreamTensor implements MergeTensor {

  private final MergePlan.Output output;
  private final MergePlan.Merge merge;
  private final long seed;
  private final long from;
  private final int inputs;
  private final long count;
  private final List<Slot> slots; // one an input, one for the base; none for elements alone
  private final Scratch scratch;
  private final List<DeltaTransform> before;
  private final boolean keeps; // what is read, since the rule may look again
  private final @Nullable Delta[] deltas;
  private final @Nullable DeltaElements[] elements;
  private final @Nullable BaseBlocks baseBlocks;
  private @Nullable INDArray base;
  private final double[] squares;

  StreamTensor(
      MergePlan plan,
      MergePlan.Output output,
      MergePlan.Merge merge,
      long from,
      long count,
      List<Slot> slots,
      Scratch scratch) {
    this.output = output;
    this.merge = merge;
    this.seed = plan.seed();
    MergePlan.Rule rule = plan.rules().get(merge.rule());
    this.before = rule.before();
    this.keeps = !rule.inBlocks();
    this.from = from;
    this.inputs = merge.inputs().size();
    this.count = count;
    this.slots = slots;
    this.scratch = scratch;
    this.deltas = new Delta[inputs];
    this.elements = new DeltaElements[inputs];
    this.baseBlocks =
        merge.base() == null ? null : new BaseBlocks(merge.base(), from, count, scratch);
    this.squares = new double[inputs];
    Arrays.fill(squares, Double.NaN);
  }

  @Override
  public String name() {
    return output.name();
  }

  @Override
  public long[] shape() {
    return count == output.elements() ? output.shape().clone() : new long[] {count};
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public String input(int i) {
    return merge.inputs().get(i).name();
  }

  @Override
  public Delta delta(int i) {
    Delta delta = deltas[i];
    if (delta == null) {
      ElementTiles tiles = slots.get(i).tiles(shape());
      squares[i] = requireFinite(i, load(merge.inputs().get(i).part(), merge.base(), tiles));
      delta = new DenseDelta(tiles.array());
      for (DeltaTransform transform : before) {
        delta = transform.transform(name(), delta, statistics(i), others(i)).delta();
      }
      deltas[i] = delta;
    }
    return delta;
  }

  @Override
  public TileSource elements(int i) {
    return slots.isEmpty() ? streamed(i) : MergeTensor.super.elements(i);
  }

  private DeltaElements streamed(int i) {
    DeltaElements own = elements[i];
    if (own == null) {
      boolean whole = count == output.elements();
      MergePlan.Part part = merge.inputs().get(i).part();
      own = new DeltaElements(part, i, from, count, baseBlocks, scratch, keeps && whole);
      elements[i] = own;
    }
    return own;
  }

  private List<FeatureStatistics> others(int i) {
    List<FeatureStatistics> others = new ArrayList<>();
    for (int j = 0; j < inputs; j++) {
      if (j != i) {
        statistics(j).ifPresent(others::add);
      }
    }
    return others;
  }

  @Override
  public double weight(int i) {
    return merge.inputs().get(i).weight();
  }

  @Override
  public INDArray base() {
    MergePlan.Part part = merge.base();
    if (part == null) {
      throw new IllegalStateException("a merge without a base has no base tensor '" + name() + "'");
    }
    if (base == null) {
      ElementTiles tiles = slots.get(inputs).tiles(shape());
      load(part, null, tiles);
      base = tiles.array();
    }
    return base;
  }

  @Override
  public Optional<FeatureStatistics> statistics(int i) {
    return merge.inputs().get(i).statistics();
  }

  @Override
  public Optional<INDArray> fisher(int i) {
    return merge.inputs().get(i).fisher().map(Supplier::get).map(this::block);
  }

  /** The part of a whole tensor that this one is. */
  private INDArray block(INDArray whole) {
    return count == output.elements()
        ? whole
        : whole.ravel().get(NDArrayIndex.interval(from, from + count)).dup('c');
  }

  @Override
  public CounterRandom random(int i) {
    return CounterRandom.of(seed, name(), input(i)).from(from);
  }

  /** The statistics of all inputs, as far as there are any. */
  List<FeatureStatistics> allStatistics() {
    return others(-1);
  }

  /** Sums of squares of all deltas; those that the rule did not read are read now. */
  double[] squares() {
    for (int i = 0; i < inputs; i++) {
      if (slots.isEmpty()) {
        squares[i] = requireFinite(i, streamed(i).squares());
      } else {
        delta(i);
      }
    }
    return squares;
  }

  /**
   * At how many elements of a block some inputs' deltas are above zero and others below.
   *
   * @param offset a multiple of {@link Chunks#LENGTH}
   * @param length at most that
   */
  int signConflicts(long offset, int length) {
    Signs signs = scratch.signs();
    signs.clear(length);
    for (int i = 0; i < inputs; i++) {
      if (slots.isEmpty()) {
        signs.see(streamed(i).block(offset), length);
      } else {
        delta(i); // which fills the slot
        float[] block = scratch.input(i);
        slots.get(i).tiles(shape()).read(offset, block, length);
        signs.see(block, length);
      }
    }
    return signs.conflicts(length);
  }

  /**
   * Adds the base's elements of a block, if there is a base.
   *
   * @param offset a multiple of {@link Chunks#LENGTH}
   * @param length at most that
   */
  void addBase(long offset, float[] values, int length) {
    if (baseBlocks != null) {
      add(values, baseBlocks.at(offset), length);
    }
  }

  private static void add(float[] to, float[] values, int count) {
    for (int k = 0; k < count; k++) {
      to[k] += values[k];
    }
  }

  /** Gives memory back. */
  void release() {
    for (DeltaElements each : elements) {
      if (each != null) {
        each.release();
      }
    }
  }

  private double requireFinite(int i, double sum) {
    if (!Double.isFinite(sum)) {
      throw new IllegalArgumentException(
          "tensor '%s' of input '%s' holds numbers that are not finite"
              .formatted(name(), input(i)));
    }
    return sum;
  }

  /** Whether an array lies in this tensor's memory. */
  boolean owns(INDArray array) {
    return slots.stream().anyMatch(slot -> slot.holds(array));
  }

  /** Reads {@code part - relativeTo}; its sum of squares. */
  private double load(MergePlan.Part part, MergePlan.@Nullable Part relativeTo, ElementTiles into) {
    float[] values = scratch.values();
    float[] other = scratch.base();
    double sum = 0;
    for (long done = 0; done < count; done += values.length) {
      int n = (int) Math.min(values.length, count - done);
      part.model().read(part.tensor(), from + done, values, n, scratch.buffer());
      if (relativeTo != null) {
        relativeTo.model().read(relativeTo.tensor(), from + done, other, n, scratch.buffer());
        subtract(values, other, n);
      }
      sum += scratch.squares().of(values, n);
      into.write(done, values, n);
    }
    return sum;
  }

  private static void subtract(float[] from, float[] values, int count) {
    for (int k = 0; k < count; k++) {
      from[k] -= values[k];
    }
  }
}
