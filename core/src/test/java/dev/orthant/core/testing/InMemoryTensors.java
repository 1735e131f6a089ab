package dev.orthant.core.testing;

import dev.orthant.core.merge.TensorSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A checkpoint for tests: a map of arrays. Integer arrays are the tensors that are not merged. */
public final class InMemoryTensors implements TensorSource {

  private final Map<String, INDArray> tensors;

  /** The tensors by name; the map's order is the model's. */
  public InMemoryTensors(Map<String, INDArray> tensors) {
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public long[] shape(String name) {
    return tensor(name).shape();
  }

  @Override
  public boolean isFloating(String name) {
    return tensor(name).isR();
  }

  @Override
  public INDArray read(String name) {
    return tensor(name).dup('c');
  }

  private INDArray tensor(String name) {
    INDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor '" + name + "' in " + tensors.keySet());
    }
    return tensor;
  }
}
