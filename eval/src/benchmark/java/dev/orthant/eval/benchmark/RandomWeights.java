package dev.orthant.eval.benchmark;

import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.checkpoint.TensorSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Random weights under a BERT encoder's names. */
final class RandomWeights implements TensorSource {

  private final Map<String, long[]> shapes = new LinkedHashMap<>();

  RandomWeights(Model model) {
    int d = model.hidden;
    shapes.put("embeddings.word_embeddings.weight", new long[] {Model.VOCABULARY, d});
    shapes.put("embeddings.position_embeddings.weight", new long[] {Model.POSITIONS, d});
    shapes.put("embeddings.token_type_embeddings.weight", new long[] {2, d});
    norm("embeddings.LayerNorm", d);
    for (int i = 0; i < model.layers; i++) {
      String layer = "encoder.layer." + i;
      linear(layer + ".attention.self.query", d, d);
      linear(layer + ".attention.self.key", d, d);
      linear(layer + ".attention.self.value", d, d);
      linear(layer + ".attention.output.dense", d, d);
      norm(layer + ".attention.output.LayerNorm", d);
      linear(layer + ".intermediate.dense", model.intermediate, d);
      linear(layer + ".output.dense", d, model.intermediate);
      norm(layer + ".output.LayerNorm", d);
    }
  }

  private void linear(String module, int dOut, int dIn) {
    shapes.put(module + ".weight", new long[] {dOut, dIn});
    shapes.put(module + ".bias", new long[] {dOut});
  }

  private void norm(String module, int d) {
    shapes.put(module + ".weight", new long[] {d});
    shapes.put(module + ".bias", new long[] {d});
  }

  @Override
  public Set<String> names() {
    return shapes.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    return new TensorInfo(Dtype.F32, shape(name), 0, 4 * elements(name));
  }

  @Override
  public INDArray read(String name) {
    return Nd4j.createFromArray(Model.values(name, elements(name))).reshape('c', shape(name));
  }

  /** The shape of a tensor. */
  long[] shape(String name) {
    long[] shape = shapes.get(name);
    if (shape == null) {
      throw new IllegalArgumentException("there is no tensor '" + name + "'");
    }
    return shape;
  }

  private long elements(String name) {
    long elements = 1;
    for (long size : shape(name)) {
      elements *= size;
    }
    return elements;
  }
}
