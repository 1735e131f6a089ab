package dev.orthant.core.nn;

import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.checkpoint.TensorSource;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tensors out of a map. */
record MapTensors(Map<String, INDArray> tensors) implements TensorSource {

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    INDArray tensor = tensors.get(name);
    return new TensorInfo(Dtype.F32, tensor.shape(), 0, 4 * tensor.length());
  }

  @Override
  public INDArray read(String name) {
    return tensors.get(name).dup('c');
  }
}
