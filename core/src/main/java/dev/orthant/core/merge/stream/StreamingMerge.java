package dev.orthant.core.merge.stream;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.ShardLayout;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.spi.Merger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Carries a {@link MergePlan} out.
 *
 * <p>The result is written into a hidden folder beside its place, tensors where the layout puts
 * them, and gets its name when it is complete and was read back. An interrupted merge leaves that
 * folder: the same merge, started again, verifies what is in it by checksums and goes on, to the
 * same bits. Two processes cannot work on one result.
 */
public final class StreamingMerge {

  private static final String JOURNAL = "journal";
  private static final String MODEL = "model";

  /** Of tensors that are read several times; more would gain little over the system's cache. */
  private static final long MOST_KEPT = 256L << 20;

  private final MergeSettings settings;
  private final Progress progress;
  private final Interruption interruption;

  /**
   * @param settings how much of the machine is used
   * @param progress hears of units of a million elements
   * @param interruption asked between two units
   */
  public StreamingMerge(MergeSettings settings, Progress progress, Interruption interruption) {
    this.settings = settings;
    this.progress = progress;
    this.interruption = interruption;
  }

  /** What is written beside the tensors, once they are there. */
  @FunctionalInterface
  public interface SideFiles {

    /** Writes configuration, tokenizer and notes into the model's folder. */
    void writeInto(Path folder, List<TensorSummary> summaries) throws IOException;
  }

  /**
   * Merges.
   *
   * @param replace whether an existing folder is replaced
   * @return what was done, in the order of the plan
   * @throws CheckpointException if something cannot be read or written
   * @throws IllegalArgumentException if an input is not finite, naming tensor and input
   */
  public List<TensorSummary> run(MergePlan plan, Path target, boolean replace, SideFiles side) {
    AtomicFolder.requireFree(target, replace);
    Path absolute = target.toAbsolutePath().normalize();
    Path work = absolute.resolveSibling("." + absolute.getFileName() + ".merge");
    List<Unit> units = Unit.of(plan);
    String digest = PlanDigest.of(plan, settings.shardBytes());
    ShardLayout layout = layout(plan);
    try (WorkFolder folder = WorkFolder.claim(work)) {
      Map<Integer, UnitResult> done = resumable(plan, units, layout, work, digest);
      merge(plan, units, layout, work, digest, done);
      List<TensorSummary> summaries = summaries(plan, units, done);
      side.writeInto(work.resolve(MODEL), summaries);
      check(plan, units, layout, work.resolve(MODEL), done);
      AtomicFolder.publish(work.resolve(MODEL), absolute, replace);
      folder.delete();
      return summaries;
    } catch (IOException e) {
      throw new CheckpointException(target, "cannot be written: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the merge was interrupted", e);
    }
  }

  /** The layout of the result's files. */
  private ShardLayout layout(MergePlan plan) {
    return ShardLayout.of(
        plan.outputs().stream().map(MergePlan.Output::entry).toList(),
        settings.shardBytes(),
        Map.of("format", "pt"));
  }

  /** What an earlier run has done and left as it was. */
  private Map<Integer, UnitResult> resumable(
      MergePlan plan, List<Unit> units, ShardLayout layout, Path work, String digest)
      throws InterruptedException, IOException {
    Path model = work.resolve(MODEL);
    Map<Integer, UnitResult> noted = Journal.read(work.resolve(JOURNAL), digest);
    boolean there =
        layout.files().stream().allMatch(file -> Files.isRegularFile(model.resolve(file)));
    if (noted.isEmpty() || !there) {
      AtomicFolder.delete(model);
      Files.createDirectories(model);
      layout.create(model);
      return new TreeMap<>();
    }
    return verified(plan, units, layout, model, noted);
  }

  private Map<Integer, UnitResult> verified(
      MergePlan plan,
      List<Unit> units,
      ShardLayout layout,
      Path model,
      Map<Integer, UnitResult> noted)
      throws InterruptedException {
    Map<Integer, UnitResult> good = new TreeMap<>();
    try (MergeFiles files = MergeFiles.open(model, layout)) {
      Workers.each(
          settings.threads(),
          noted.keySet().stream().filter(index -> index < units.size()).toList(),
          Scratch::create,
          (scratch, index) -> {
            UnitResult result = requireNonNull(noted.get(index));
            Unit unit = units.get(index);
            MergePlan.Output output = plan.outputs().get(unit.output());
            if (files.holds(unit, output, result.checksum(), scratch.buffer())) {
              synchronized (good) {
                good.put(index, result);
              }
            }
          });
    }
    return good;
  }

  private void merge(
      MergePlan plan,
      List<Unit> units,
      ShardLayout layout,
      Path work,
      String digest,
      Map<Integer, UnitResult> done)
      throws InterruptedException {
    List<Integer> open = new ArrayList<>();
    long total = 0;
    for (int i = 0; i < units.size(); i++) {
      if (!done.containsKey(i)) {
        open.add(i);
        total += units.get(i).count();
      }
    }
    Chunks chunks = new Chunks(Math.min(settings.arrayBytes() / 4, MOST_KEPT));
    List<Merger> mergers = plan.rules().stream().map(rule -> rule.create().get()).toList();
    try (SlotPool pool = new SlotPool(settings.arrayBytes());
        MergeFiles files = MergeFiles.open(work.resolve(MODEL), layout);
        Flusher flusher = Flusher.start(files);
        Journal journal = Journal.start(work.resolve(JOURNAL), digest, done)) {
      if (!open.isEmpty()) {
        new Survey(plan, mergers, progress, interruption)
            .run(new UnitWork(plan, mergers, files, pool, chunks));
      }
      try (Progress.Task task = progress.start("merge", million(total), "million elements")) {
        long[] finished = new long[1];
        Workers.each(
            settings.threads(),
            open,
            () -> new UnitWork(plan, mergers, files, pool, chunks),
            (worker, index) -> {
              interruption.check();
              UnitResult result = worker.run(units.get(index));
              journal.done(index, result);
              synchronized (done) {
                done.put(index, result);
                long before = finished[0];
                finished[0] += units.get(index).count();
                task.step(million(finished[0]) - million(before));
              }
              flusher.wrote(units.get(index).count() * Float.BYTES);
            });
      }
    }
  }

  private static long million(long elements) {
    return (elements + 500_000) / 1_000_000;
  }

  /** Reads the result back. */
  private void check(
      MergePlan plan,
      List<Unit> units,
      ShardLayout layout,
      Path model,
      Map<Integer, UnitResult> done)
      throws InterruptedException {
    try (HuggingFaceCheckpoint written = HuggingFaceCheckpoint.open(model)) {
      for (MergePlan.Output output : plan.outputs()) {
        String found = written.info(output.name()).toString();
        String expected = output.dtype() + Arrays.toString(output.shape());
        if (!found.equals(expected)) {
          throw new CheckpointException(
              model,
              "tensor '%s' was written as %s and reads as %s"
                  .formatted(output.name(), expected, found));
        }
      }
    }
    int good = verified(plan, units, layout, model, done).size();
    if (good != units.size()) {
      throw new CheckpointException(
          model,
          "%d of %d parts do not read as they were written; is the disk full or broken?"
              .formatted(units.size() - good, units.size()));
    }
  }

  private static List<TensorSummary> summaries(
      MergePlan plan, List<Unit> units, Map<Integer, UnitResult> done) {
    Map<Integer, double[]> squares = new LinkedHashMap<>();
    long[] kept = new long[plan.outputs().size()];
    long[] conflicts = new long[kept.length];
    long[] compared = new long[kept.length];
    for (int i = 0; i < units.size(); i++) {
      UnitResult result = requireNonNull(done.get(i));
      if (result.squares().length == 0) {
        continue;
      }
      int output = units.get(i).output();
      double[] sums = squares.computeIfAbsent(output, o -> new double[result.squares().length]);
      for (int j = 0; j < sums.length; j++) {
        sums[j] += result.squares()[j];
      }
      kept[output] += result.kept();
      conflicts[output] += result.conflicts();
      compared[output] += result.compared();
    }
    List<TensorSummary> summaries = new ArrayList<>();
    squares.forEach(
        (index, sums) -> {
          List<Double> norms = new ArrayList<>();
          for (int j = 0; j < sums.length - 1; j++) {
            norms.add(Math.sqrt(sums[j]));
          }
          MergePlan.Output output = plan.outputs().get(index);
          summaries.add(
              new TensorSummary(
                  output.name(),
                  output.elements(),
                  norms,
                  Math.sqrt(sums[sums.length - 1]),
                  (double) kept[index] / output.elements(),
                  (double) conflicts[index] / Math.max(1, compared[index])));
        });
    return summaries;
  }
}
