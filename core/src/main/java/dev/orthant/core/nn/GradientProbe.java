package dev.orthant.core.nn;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.Parameter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Adds nothing to a layer and shows a listener its input and the gradient of its output, for
 * gradients of weights that are not trained. Its one parameter is there for the encoder to go back
 * as far as the layer; it never gets a gradient.
 */
public final class GradientProbe implements Adapter {

  private final String module;
  private final GradientListener listener;
  private final Parameter parameter = Parameter.trainable("probe", Nd4j.zeros(DataType.FLOAT, 1));

  private GradientProbe(String module, GradientListener listener) {
    this.module = requireNonNull(module, "module");
    this.listener = requireNonNull(listener, "listener");
  }

  /** A probe at each of the modules. */
  public static AdapterSet at(Collection<String> modules, GradientListener listener) {
    Map<String, Adapter> probes = new LinkedHashMap<>();
    modules.forEach(module -> probes.put(module, new GradientProbe(module, listener)));
    return new AdapterSet(probes);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(parameter);
  }

  @Override
  public void forward(AdapterContext context, INDArray x, INDArray base, INDArray y) {
    if (y != base) {
      y.assign(base);
    }
  }

  @Override
  public void backward(
      AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient) {
    listener.gradient(module, x, dy);
  }

  /**
   * Not possible.
   *
   * @throws IllegalStateException always, as it changes no weights
   */
  @Override
  public Delta delta() {
    throw new IllegalStateException("a probe changes no weights");
  }

  /**
   * Not possible.
   *
   * @throws IllegalStateException always, as there is nothing to save
   */
  @Override
  public AdapterExport export() {
    throw new IllegalStateException("a probe has nothing to export");
  }
}
