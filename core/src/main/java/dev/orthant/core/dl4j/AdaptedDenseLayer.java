package dev.orthant.core.dl4j;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.spi.AdapterFactory;
import java.io.Serial;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * A dense layer of a network whose weights and bias stay as they are, with an adapter beside them:
 * {@code activation(adapter(x, x W + b))}. The network trains, saves, copies and averages the
 * adapter's arrays as it does any layer's parameters; the frozen ones are saved and copied alone.
 *
 * <p>Parameters are {@code W} [nIn, nOut] and {@code b} [nOut] as in a dense layer, then the
 * adapter's in its order, with hyphens for underscores in their names ({@code lora-A} [rank, nIn],
 * {@code lora-B} [nOut, rank]). Trained ones have the layer's updater, its learning rate multiplied
 * where the adapter says so, and its regularisation unless the adapter exempts them.
 *
 * <p>Made by {@link NetworkAdaptation}. A network that is read from a file looks the adapter's kind
 * up among the plug-ins of the class path, when it is first used; {@link NetworkAdapters#connect}
 * says otherwise.
 */
public final class AdaptedDenseLayer extends DenseLayer {

  @Serial private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // a record of what JSON knows; networks are written as JSON
  private @Nullable LayerAdapter adapter;

  private transient @Nullable AdapterFactory<?> factory;

  /** For the reader of a network's configuration. */
  AdaptedDenseLayer() {}

  /** A dense layer with an adapter of a kind. */
  AdaptedDenseLayer(DenseLayer dense, LayerAdapter adapter, AdapterFactory<?> factory) {
    DenseSettings.copy(dense, this);
    // these would change the frozen weights
    setConstraints(null);
    setWeightNoise(null);
    this.adapter = adapter;
    this.factory = factory;
  }

  /** What is beside the weights. */
  public LayerAdapter getAdapter() {
    return requireNonNull(adapter, "adapter");
  }

  /** For the reader of a network's configuration. */
  void setAdapter(LayerAdapter adapter) {
    this.adapter = adapter;
  }

  /** Where adapters of this layer's kind are to come from. */
  void connect(AdapterFactory<?> adapters) {
    this.factory = adapters;
  }

  /**
   * Where adapters of this layer's kind come from.
   *
   * @throws dev.orthant.core.plugin.UnknownPluginException if no plug-in of the class path has it
   */
  AdapterFactory<?> factory() {
    AdapterFactory<?> known = factory;
    if (known == null) {
      known = ClassPath.catalog().adapter(getAdapter().type());
      factory = known;
    }
    return known;
  }

  /** The layer without its adapter. */
  DenseLayer dense() {
    DenseLayer dense = new DenseLayer();
    DenseSettings.copy(this, dense);
    return dense;
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray paramsView,
      boolean initializeParams,
      DataType dataType) {
    AdaptedDense layer = new AdaptedDense(conf, dataType);
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(paramsView);
    layer.setParamTable(initializer().init(conf, paramsView, initializeParams));
    layer.setConf(conf);
    return layer;
  }

  @Override
  public ParamInitializer initializer() {
    return AdaptedDenseParameters.INSTANCE;
  }

  @Override
  public IUpdater getUpdaterByParam(String key) {
    LayerParameter trained = trained(key);
    return trained == null
        ? new NoOp()
        : LearningRate.times(trained.learningRateMultiplier(), getIUpdater());
  }

  @Override
  public @Nullable List<Regularization> getRegularizationByParam(String key) {
    LayerParameter trained = trained(key);
    return trained != null && trained.decayed() ? getRegularization() : null;
  }

  /** Whether the network's updater changes a parameter. */
  boolean trains(String key) {
    return trained(key) != null;
  }

  private @Nullable LayerParameter trained(String key) {
    if (key.equals(DefaultParamInitializer.WEIGHT_KEY)
        || key.equals(DefaultParamInitializer.BIAS_KEY)) {
      return null;
    }
    return getAdapter().parameters().stream()
        .filter(p -> p.key().equals(key) && p.trainable())
        .findFirst()
        .orElse(null);
  }

  @Override
  public AdaptedDenseLayer clone() {
    return (AdaptedDenseLayer) super.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AdaptedDenseLayer layer
        && super.equals(other)
        && Objects.equals(adapter, layer.adapter);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + Objects.hashCode(adapter);
  }
}
