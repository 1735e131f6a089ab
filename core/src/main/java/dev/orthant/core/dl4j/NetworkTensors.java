package dev.orthant.core.dl4j;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.checkpoint.TensorSource;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The parameters of a network, as mergers read those of a checkpoint: dense layers and those that
 * are built like them have {@code NAME.weight} [dOut, dIn] and {@code NAME.bias} [dOut], others
 * {@code NAME.KEY} as the network has them.
 */
public final class NetworkTensors implements TensorSource {

  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";

  private final Path name;
  private final Map<String, INDArray> tensors; // the network's own arrays, some turned

  private NetworkTensors(Path name, Map<String, INDArray> tensors) {
    this.name = name;
    this.tensors = tensors;
  }

  /**
   * The parameters of a network as it is when they are read.
   *
   * @throws IllegalArgumentException if it has adapters, which are to be folded in before
   */
  public static NetworkTensors of(Model network) {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    for (NetworkLayer layer : NetworkLayers.of(network).all()) {
      if (layer.adapted().isPresent()) {
        throw new IllegalArgumentException(
            "layer '%s' has an adapter; merge folded(network), or the adapters' deltas"
                .formatted(layer.name()));
      }
      boolean dense = layer.thawed().initializer() instanceof DefaultParamInitializer;
      layer.table().forEach((key, array) -> put(tensors, layer.name(), key, array, dense));
    }
    return new NetworkTensors(Path.of(network.getClass().getSimpleName()), tensors);
  }

  private static void put(
      Map<String, INDArray> tensors, String layer, String key, INDArray array, boolean dense) {
    if (dense && key.equals(DefaultParamInitializer.WEIGHT_KEY)) {
      tensors.put(layer + "." + WEIGHT, array.transpose());
    } else if (dense && key.equals(DefaultParamInitializer.BIAS_KEY)) {
      tensors.put(layer + "." + BIAS, array.reshape(array.length()));
    } else {
      tensors.put(layer + "." + key, array);
    }
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  @Override
  public TensorInfo info(String tensor) {
    INDArray array = array(tensor);
    return new TensorInfo(Dtype.F32, array.shape(), 0, array.length() * Float.BYTES);
  }

  @Override
  public INDArray read(String tensor) {
    return array(tensor).castTo(DataType.FLOAT).dup('c');
  }

  /** Overwrites all of the network's parameters. */
  void overwrite(TensorSource by) {
    tensors.forEach((tensor, array) -> array.assign(by.read(tensor)));
  }

  private INDArray array(String tensor) {
    INDArray array = tensors.get(tensor);
    if (array == null) {
      throw new CheckpointException(name, "has no tensor '" + tensor + "'");
    }
    return array;
  }
}
