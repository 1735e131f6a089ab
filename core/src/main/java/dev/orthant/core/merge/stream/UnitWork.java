package dev.orthant.core.merge.stream;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.ElementMerger;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerTraits.Need;
import dev.orthant.core.spi.ShapeMismatchException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Does units of a plan, one after the other; for one thread. */
final class UnitWork {

  private static final int SIGNS_EVERY = 8; // blocks

  private final MergePlan plan;
  private final List<Merger> mergers; // one a rule
  private final MergeFiles files;
  private final SlotPool pool;
  private final Scratch scratch;

  UnitWork(MergePlan plan, List<Merger> mergers, MergeFiles files, SlotPool pool, Chunks chunks) {
    this.plan = plan;
    this.mergers = mergers;
    this.files = files;
    this.pool = pool;
    this.scratch = new Scratch(chunks);
  }

  UnitResult run(Unit unit) throws InterruptedException {
    MergePlan.Output output = plan.outputs().get(unit.output());
    return output.work() instanceof MergePlan.Merge merge
        ? merge(unit, output, merge)
        : copy(unit, output, ((MergePlan.Copy) output.work()).from());
  }

  /** Shows a rule one tensor before anything is merged. */
  void survey(MergePlan.Output output, MergePlan.Merge merge) throws InterruptedException {
    long count = output.elements();
    MergePlan.Rule rule = plan.rules().get(merge.rule());
    Merger merger = mergers.get(merge.rule());
    if (rule.streams()) {
      StreamTensor tensor = new StreamTensor(plan, output, merge, 0, count, List.of(), scratch);
      merger.survey(tensor);
      tensor.release();
      return;
    }
    SlotPool.Holding holding = pool.take(slots(merge, rule), count, 0);
    try {
      merger.survey(new StreamTensor(plan, output, merge, 0, count, holding.slots(), scratch));
    } finally {
      pool.giveBack(holding);
    }
  }

  /** How many slots a rule needs for a tensor. */
  static int slots(MergePlan.Merge merge, MergePlan.Rule rule) {
    return merge.inputs().size() + (rule.traits().needs().contains(Need.BASE) ? 1 : 0);
  }

  private UnitResult copy(Unit unit, MergePlan.Output output, MergePlan.Part part) {
    CRC32C checksum = new CRC32C();
    SourceModel model = part.model();
    boolean plain = model.isPlain(part.tensor());
    if (plain && model.info(part.tensor()).dtype() == output.dtype()) {
      files.copy(unit, output, part, scratch.buffer(), checksum);
    } else {
      float[] values = scratch.values();
      for (long done = 0; done < unit.count(); done += values.length) {
        int n = (int) Math.min(values.length, unit.count() - done);
        model.read(part.tensor(), unit.from() + done, values, n, scratch.buffer());
        files.write(output, unit.from() + done, values, n, scratch.buffer(), checksum);
      }
    }
    return new UnitResult((int) checksum.getValue(), new double[0], 0, 0, 0);
  }

  private UnitResult merge(Unit unit, MergePlan.Output output, MergePlan.Merge merge)
      throws InterruptedException {
    MergePlan.Rule rule = plan.rules().get(merge.rule());
    if (rule.streams()) {
      return stream(unit, output, merge, rule);
    }
    long block = rule.inBlocks() ? Math.min(Scratch.BLOCK, unit.count()) : unit.count();
    int slots = slots(merge, rule);
    SlotPool.Holding holding = pool.take(slots, block, block);
    Totals totals = new Totals(merge.inputs().size());
    try {
      for (long done = 0; done < unit.count(); done += block) {
        long from = unit.from() + done;
        long count = Math.min(block, unit.count() - done);
        StreamTensor tensor =
            new StreamTensor(plan, output, merge, from, count, holding.slots(), scratch);
        Delta merged = mergers.get(merge.rule()).merge(tensor);
        for (DeltaTransform transform : rule.after()) {
          merged =
              transform
                  .transform(output.name(), merged, Optional.empty(), tensor.allStatistics())
                  .delta();
        }
        if (!Arrays.equals(merged.shape(), tensor.shape())) {
          throw new ShapeMismatchException(output.name(), tensor.shape(), merged.shape());
        }
        totals.addInputs(tensor.squares());
        INDArray values = merged instanceof DenseDelta dense ? dense.values() : merged.dense();
        write(rule, output, tensor, from, ElementTiles.of(values), totals);
        if (!tensor.owns(values) && values.closeable()) {
          values.close(); // off the heap, where the garbage collector would be late
        }
      }
    } finally {
      pool.giveBack(holding);
    }
    return totals.result();
  }

  /** Merges while reading. */
  private UnitResult stream(
      Unit unit, MergePlan.Output output, MergePlan.Merge merge, MergePlan.Rule rule) {
    StreamTensor tensor =
        new StreamTensor(plan, output, merge, unit.from(), unit.count(), List.of(), scratch);
    Totals totals = new Totals(merge.inputs().size());
    try {
      ElementMerger merger = (ElementMerger) mergers.get(merge.rule());
      TileSource merged = merger.mergeElements(tensor);
      if (merged.size() != unit.count()) {
        throw new ShapeMismatchException(
            output.name(), new long[] {unit.count()}, new long[] {merged.size()});
      }
      write(rule, output, tensor, unit.from(), merged, totals);
      totals.addInputs(tensor.squares());
    } finally {
      tensor.release();
    }
    return totals.result();
  }

  /** Adds the base and writes. */
  private void write(
      MergePlan.Rule rule,
      MergePlan.Output output,
      StreamTensor tensor,
      long from,
      TileSource merged,
      Totals totals) {
    float[] values = scratch.values();
    for (long done = 0; done < merged.size(); done += Chunks.LENGTH) {
      int n = (int) Math.min(Chunks.LENGTH, merged.size() - done);
      merged.read(done, values, n);
      totals.addMerged(values, n, scratch.squares());
      if (done / Chunks.LENGTH % SIGNS_EVERY == 0) {
        totals.conflicts += tensor.signConflicts(done, n);
        totals.compared += n;
      }
      tensor.addBase(done, values, n);
      files.write(output, from + done, values, n, scratch.buffer(), totals.checksum);
    }
    if (!Double.isFinite(totals.merged)) {
      tensor.squares(); // if it is because of an input, which one
      throw new IllegalStateException(
          "merger '%s' made numbers that are not finite of tensor '%s'"
              .formatted(rule.merger(), output.name()));
    }
  }

  /** What is counted over the blocks of a unit. */
  private static final class Totals {

    private final CRC32C checksum = new CRC32C();
    private final double[] inputs;
    private double merged;
    private long kept;
    private long conflicts;
    private long compared;

    Totals(int inputs) {
      this.inputs = new double[inputs];
    }

    void addInputs(double[] squares) {
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] += squares[i];
      }
    }

    void addMerged(float[] values, int count, SumOfSquares sum) {
      merged += sum.of(values, count);
      int nonZero = 0;
      for (int k = 0; k < count; k++) {
        int magnitude = Float.floatToRawIntBits(values[k]) & 0x7fffffff;
        nonZero += -magnitude >>> 31; // 1 if it is not 0
      }
      kept += nonZero;
    }

    UnitResult result() {
      double[] squares = Arrays.copyOf(inputs, inputs.length + 1);
      squares[inputs.length] = merged;
      return new UnitResult((int) checksum.getValue(), squares, kept, conflicts, compared);
    }
  }
}
