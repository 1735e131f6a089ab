package dev.orthant.core.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Where the parameters of an {@link AdaptedDenseLayer} lie in the network's flat array: a dense
 * layer's, and behind them the adapter's, row by row.
 */
final class AdaptedDenseParameters implements ParamInitializer {

  static final AdaptedDenseParameters INSTANCE = new AdaptedDenseParameters();

  private static final ParamInitializer DENSE = DefaultParamInitializer.getInstance();

  private AdaptedDenseParameters() {}

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return DENSE.numParams(layer) + adapter(layer).length();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    List<String> keys = new ArrayList<>(DENSE.paramKeys(layer));
    adapter(layer).parameters().forEach(p -> keys.add(p.key()));
    return keys;
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return paramKeys(layer).stream().filter(key -> isWeightParam(layer, key)).toList();
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return DENSE.biasKeys(layer);
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return DENSE.isWeightParam(layer, key)
        || adapter(layer).parameters().stream().anyMatch(p -> p.key().equals(key));
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return DENSE.isBiasParam(layer, key);
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray view, boolean initializeParams) {
    long dense = DENSE.numParams(conf.getLayer());
    INDArray flat = view.reshape(view.length());
    Map<String, INDArray> table =
        DENSE.init(conf, flat.get(NDArrayIndex.interval(0, dense)), initializeParams);
    Map<String, INDArray> added = adapterViews(conf, flat);
    added.keySet().forEach(conf::addVariable);
    table.putAll(added);
    if (initializeParams) {
      AdapterValues.set(table, AdapterValues.fresh(layer(conf.getLayer()), table, conf.getSeed()));
    }
    return table;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray view) {
    long dense = DENSE.numParams(conf.getLayer());
    INDArray flat = view.reshape(view.length());
    Map<String, INDArray> table =
        DENSE.getGradientsFromFlattened(conf, flat.get(NDArrayIndex.interval(0, dense)));
    table.putAll(adapterViews(conf, flat));
    return table;
  }

  private static Map<String, INDArray> adapterViews(NeuralNetConfiguration conf, INDArray flat) {
    Map<String, INDArray> views = new LinkedHashMap<>();
    long from = DENSE.numParams(conf.getLayer());
    for (LayerParameter p : adapter(conf.getLayer()).parameters()) {
      INDArray part = flat.get(NDArrayIndex.interval(from, from + p.length()));
      views.put(p.key(), part.reshape('c', p.sizes()));
      from += p.length();
    }
    return views;
  }

  private static LayerAdapter adapter(Layer layer) {
    return layer(layer).getAdapter();
  }

  private static AdaptedDenseLayer layer(Layer layer) {
    return (AdaptedDenseLayer) layer;
  }
}
