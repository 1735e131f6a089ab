package dev.orthant.core.merge;

import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.progress.Progress;
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
public final class MergedTensors implements DerivedTensors, AutoCloseable {

  /** A merged tensor and what was done. */
  record Merged(Delta delta, TensorReport report) {}

  private final TensorSource model;
  private final Set<String> merged;
  private final boolean onBase;
  private final Function<String, Merged> merge;
  private final Progress.Task progress;
  private final Map<String, TensorReport> report = new LinkedHashMap<>();

  MergedTensors(
      TensorSource model,
      List<String> merged,
      boolean onBase,
      Function<String, Merged> merge,
      Progress.Task progress) {
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

  /** Type and shape as the model has them; results are to be written in that type. */
  @Override
  public TensorInfo info(String name) {
    return model.info(name);
  }

  @Override
  public Set<String> changed() {
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
    progress.step(1);
    return onBase ? model.read(name).addi(delta) : delta;
  }

  /** Ends the merge for those who watch its progress. */
  @Override
  public void close() {
    progress.close();
  }

  /** What was done to the tensors read so far, in the order of reading. */
  public List<TensorReport> report() {
    return List.copyOf(report.values());
  }
}
