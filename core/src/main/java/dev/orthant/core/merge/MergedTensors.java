package dev.orthant.core.merge;

import dev.orthant.core.lowrank.Delta;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A merged model whose tensors are computed when they are read, so that writing it needs memory for
 * one tensor of each input only. Tensors that are not merged are to be copied from the base (from
 * the first input if there is none).
 */
public final class MergedTensors implements TensorSource {

  /** A merged tensor and what was done. */
  record Merged(Delta delta, TensorReport report) {}

  private final TensorSource model;
  private final Set<String> merged;
  private final boolean onBase;
  private final Function<String, Merged> merge;
  private final MergeProgress progress;
  private final Map<String, TensorReport> report = new LinkedHashMap<>();

  MergedTensors(
      TensorSource model,
      List<String> merged,
      boolean onBase,
      Function<String, Merged> merge,
      MergeProgress progress) {
    this.model = model;
    this.merged = Collections.unmodifiableSet(new LinkedHashSet<>(merged));
    this.onBase = onBase;
    this.merge = merge;
    this.progress = progress;
  }

  @Override
  public Set<String> names() {
    return model.names();
  }

  @Override
  public long[] shape(String name) {
    return model.shape(name);
  }

  @Override
  public boolean isFloating(String name) {
    return model.isFloating(name);
  }

  /** The names of the tensors that the rule merges, in the order of the model. */
  public Set<String> merged() {
    return merged;
  }

  /** The merged tensor, base included, computed now. */
  @Override
  public INDArray read(String name) {
    if (!merged.contains(name)) {
      return model.read(name);
    }
    Merged result = merge.apply(name);
    INDArray delta = result.delta().dense();
    report.put(name, result.report());
    progress.done(MergeProgress.Phase.MERGE, name, report.size(), merged.size());
    return onBase ? model.read(name).addi(delta) : delta;
  }

  /** What was done to the tensors read so far, in the order of reading. */
  public List<TensorReport> report() {
    return List.copyOf(report.values());
  }
}
