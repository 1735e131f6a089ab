package dev.orthant.core.merge.stream;

import dev.orthant.core.checkpoint.BlockBuffer;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.TensorInfo;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a plan will take.
 *
 * @param elements of the result
 * @param readBytes from the inputs, those that are read twice counted twice
 * @param writtenBytes of tensors
 * @param files of the result
 * @param memoryBytes of the process at most, about
 * @param seconds about, from the speed at which a part of an input was read and from usual speeds
 *     of computing and writing
 * @param rules the configurations that tensors are merged with, and how many tensors each
 * @param copied how many tensors are not merged
 */
public record PlanSizes(
    long elements,
    long readBytes,
    long writtenBytes,
    int files,
    long memoryBytes,
    double seconds,
    Map<String, Integer> rules,
    int copied) {

  private static final long SAMPLE = 64L << 20;
  private static final double NANOS_AN_ELEMENT = 3; // of one input, sparsified and merged
  private static final double WRITTEN_A_SECOND = 400e6; // to the disk, not to a cache

  /** Copies the map, keeping its order. */
  public PlanSizes {
    rules = Collections.unmodifiableMap(new LinkedHashMap<>(rules));
  }

  /** Measures a plan, and how fast its first input can be read. */
  public static PlanSizes of(MergePlan plan, MergeSettings settings) {
    long elements = 0;
    long read = 0;
    long written = 0;
    long merged = 0;
    long memory = MergeSettings.OVERHEAD;
    int copied = 0;
    Map<String, Integer> rules = new LinkedHashMap<>();
    for (MergePlan.Output output : plan.outputs()) {
      elements += output.elements();
      written += output.entry().bytes();
      if (output.work() instanceof MergePlan.Merge merge) {
        MergePlan.Rule rule = plan.rules().get(merge.rule());
        rules.merge(rule.configuration(), 1, Integer::sum);
        for (MergePlan.Input input : merge.inputs()) {
          read += bytes(input.part());
        }
        // the base is read with each input and once more for the result
        read += merge.base() == null ? 0 : (merge.inputs().size() + 1) * bytes(merge.base());
        merged += output.elements() * merge.inputs().size();
        if (rule.holdsTensors()) {
          long need =
              (UnitWork.slots(merge, rule) + 1L) * output.elements() * Float.BYTES
                  + MergeSettings.OVERHEAD;
          memory = Math.max(memory, need);
        }
      } else {
        read += bytes(((MergePlan.Copy) output.work()).from());
        copied++;
      }
    }
    int files = (int) Math.max(1, (written + settings.shardBytes() - 1) / settings.shardBytes());
    double seconds =
        1
            + read / readSpeed(plan) / settings.threads()
            + merged * NANOS_AN_ELEMENT / 1e9 / settings.threads()
            + written / WRITTEN_A_SECOND;
    return new PlanSizes(elements, read, written, files, memory, seconds, rules, copied);
  }

  private static long bytes(MergePlan.Part part) {
    return part.model().checkpoint().info(part.tensor()).bytes();
  }

  /** Bytes a second of one thread, over the first tensors of the first model. */
  private static double readSpeed(MergePlan plan) {
    MergePlan.Work first = plan.outputs().get(0).work();
    HuggingFaceCheckpoint model =
        first instanceof MergePlan.Merge merge
            ? merge.inputs().get(0).part().model().checkpoint()
            : ((MergePlan.Copy) first).from().model().checkpoint();
    Scratch scratch = Scratch.create();
    BlockBuffer buffer = scratch.buffer();
    long start = System.nanoTime();
    long bytes = 0;
    for (String name : model.names()) {
      TensorInfo info = model.info(name);
      if (!info.dtype().isFloat()) {
        continue;
      }
      for (long at = 0; at < info.elements() && bytes < SAMPLE; at += scratch.values().length) {
        int count = (int) Math.min(scratch.values().length, info.elements() - at);
        buffer.read(model.fileOf(name), name, at, scratch.values(), count);
        bytes += (long) count * info.dtype().bits() / 8;
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return bytes == 0 ? 1e9 : bytes / Math.max(seconds, 1e-6);
  }
}
