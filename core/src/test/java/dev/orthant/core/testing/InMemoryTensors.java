package dev.orthant.core.testing;

import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.checkpoint.TensorSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A checkpoint for tests: a map of arrays. LONG arrays are tensors that are not merged. */
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
  public TensorInfo info(String name) {
    INDArray tensor = tensor(name);
    Dtype dtype =
        switch (tensor.dataType()) {
          case FLOAT -> Dtype.F32;
          case LONG -> Dtype.I64;
          default ->
              throw new IllegalArgumentException(
                  "test tensors are FLOAT or LONG, '" + name + "' is " + tensor.dataType());
        };
    return new TensorInfo(dtype, tensor.shape(), 0, tensor.length() * dtype.bits() / 8);
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
