package dev.orthant.core.merge;

import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.ShapeMismatchException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A base model with deltas added to some of its weights, {@code W + delta} in single precision,
 * computed when a tensor is read. Tensors that are not {@link #changed()} are to be copied byte for
 * byte.
 */
public final class FoldedTensors implements DerivedTensors {

  private final TensorSource base;
  private final Map<String, Delta> deltas; // by tensor name

  private FoldedTensors(TensorSource base, Map<String, Delta> deltas) {
    this.base = base;
    this.deltas = deltas;
  }

  /**
   * @param base the model
   * @param deltas module path to delta; a module's tensor is its path and {@code .weight}
   * @throws ShapeMismatchException if a delta does not have the shape of its weights
   * @throws IllegalArgumentException if the model lacks the weights of some modules, naming them
   *     all, or a delta is not finite
   */
  public static FoldedTensors of(TensorSource base, Map<String, ? extends Delta> deltas) {
    Map<String, Delta> byTensor = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    deltas.forEach(
        (module, delta) -> {
          String tensor = MergeChecks.tensorOf(module);
          if (!base.names().contains(tensor)) {
            missing.add("'" + tensor + "'");
            return;
          }
          long[] shape = base.info(tensor).shape();
          if (!Arrays.equals(shape, delta.shape())) {
            throw new ShapeMismatchException(tensor, shape, delta.shape());
          }
          if (!Double.isFinite(delta.norm())) {
            throw new IllegalArgumentException(
                "the delta of '" + tensor + "' holds numbers that are not finite");
          }
          byTensor.put(tensor, delta);
        });
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "the base has no tensor %s to fold a delta into".formatted(String.join(", ", missing)));
    }
    return new FoldedTensors(base, byTensor);
  }

  @Override
  public Set<String> names() {
    return base.names();
  }

  @Override
  public TensorInfo info(String name) {
    return base.info(name);
  }

  @Override
  public Set<String> changed() {
    Set<String> changed = new LinkedHashSet<>(base.names());
    changed.retainAll(deltas.keySet());
    return Collections.unmodifiableSet(changed);
  }

  @Override
  public INDArray read(String name) {
    INDArray weights = base.read(name);
    Delta delta = deltas.get(name);
    return delta == null ? weights : weights.addi(delta.dense());
  }
}
