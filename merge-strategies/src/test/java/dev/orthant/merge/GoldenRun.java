package dev.orthant.merge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.CheckpointInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.testing.InMemoryTensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs a rule on the inputs of a reference file. */
final class GoldenRun {

  /**
   * Reference results are sums of three terms of order one in single precision; ours accumulate
   * products in double.
   */
  static final double SINGLE = 1e-6;

  final Golden golden;

  GoldenRun(String resource) {
    this.golden = Golden.load(GoldenRun.class, "/reference/" + resource);
  }

  /** Merges the models ft0, ft1, ft2 with their tensors w and v, on the base if asked. */
  <C extends Record> Map<String, INDArray> checkpoints(
      MergerFactory<C> factory, C config, boolean onBase) {
    return checkpoints(factory, config, onBase, 3);
  }

  /** Merges the first of the models ft0, ft1, ft2. */
  <C extends Record> Map<String, INDArray> checkpoints(
      MergerFactory<C> factory, C config, boolean onBase, int models) {
    List<CheckpointInput> inputs = new ArrayList<>();
    double[] weights = weights();
    for (int i = 0; i < models; i++) {
      inputs.add(CheckpointInput.of("ft" + i, model("ft" + i)).withWeight(weights[i]));
    }
    var merged =
        MergeEngine.builder(factory, config)
            .build()
            .mergeCheckpoints(inputs, onBase ? model("base") : null);
    Map<String, INDArray> out = new LinkedHashMap<>();
    merged.names().forEach(name -> out.put(name, merged.read(name)));
    return out;
  }

  /** Merges the deltas tv0, tv1, tv2. */
  <C extends Record> INDArray taskVectors(MergerFactory<C> factory, C config) {
    double[] weights = weights();
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      Delta delta = new DenseDelta(golden.tensor("inputs", "tv" + i));
      inputs.add(AdapterInput.of("tv" + i, Map.of("m", delta)).withWeight(weights[i]));
    }
    var merged = MergeEngine.builder(factory, config).build().mergeAdapters(inputs, null);
    return merged.deltas().get("m").dense();
  }

  /** The weights of the reference run; three ones if it had none. */
  double[] weights() {
    JsonNode params = golden.at("params");
    JsonNode weights =
        params.has("weights")
            ? params.get("weights")
            : params.path("model_parameters").path("weight");
    double[] out = {1, 1, 1};
    for (int i = 0; i < weights.size(); i++) {
      out[i] = weights.get(i).asDouble();
    }
    return out;
  }

  /** The masks of the reference run as draws; one an input, or one for each of its tensors. */
  Draws keepMasks(boolean named) {
    return (tensor, i) -> {
      String key = "keep_mask." + i + (named ? "." + tensor.name() : "");
      float[] mask = golden.tensor("inputs", key).reshape(-1).toFloatVector();
      return (index, probability) -> mask[(int) index] == 1;
    };
  }

  INDArray expected(String name) {
    return golden.tensor("outputs", name);
  }

  private InMemoryTensors model(String prefix) {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    for (String name : List.of("v", "w")) {
      tensors.put(name, golden.tensor("inputs", prefix + "." + name));
    }
    return new InMemoryTensors(tensors);
  }
}
