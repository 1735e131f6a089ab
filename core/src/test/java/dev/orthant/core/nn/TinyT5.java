package dev.orthant.core.nn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.family.T5Architecture;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One of the tiny random encoder-decoders of {@code reference/t5/make_tiny_t5.py}. */
public final class TinyT5 {

  /** Their names. */
  public static final List<String> NAMES = List.of("original", "gated");

  private final Golden golden = Golden.load(TinyT5.class, "/reference/t5/tiny_t5.json");
  private final String name;

  /** The model of a name. */
  public TinyT5(String name) {
    this.name = name;
  }

  /** A value of the model. */
  public JsonNode at(String field) {
    return golden.at(name, field);
  }

  INDArray tensor(String... path) {
    String[] whole = new String[path.length + 1];
    whole[0] = name;
    System.arraycopy(path, 0, whole, 1, path.length);
    return golden.tensor(whole);
  }

  /** The tensors of the checkpoint. */
  public Map<String, INDArray> weights() {
    Map<String, INDArray> weights = new LinkedHashMap<>();
    at("weights").fieldNames().forEachRemaining(n -> weights.put(n, tensor("weights", n)));
    return weights;
  }

  /** The model. */
  public Transformer model() {
    return new T5Architecture()
        .load(at("config"), new MapTensors(weights()), LoadSettings.defaults());
  }

  /** LoRA on the modules that are wanted. */
  public AdapterSet adapters(Predicate<String> wanted) {
    Map<String, Adapter> adapters = new LinkedHashMap<>();
    at("adapters")
        .fieldNames()
        .forEachRemaining(
            module -> {
              if (wanted.test(module)) {
                adapters.put(
                    module,
                    new FactorAdapter(
                        tensor("adapters", module, "a"),
                        tensor("adapters", module, "b"),
                        golden.at("scaling").asDouble(),
                        0));
              }
            });
    return new AdapterSet(adapters);
  }

  /** The sources, with the labels behind the start token as targets. */
  Batch batch() {
    List<Encoded> sequences = new ArrayList<>();
    for (int i = 0; i < golden.at("sources").size(); i++) {
      int[] source = ints(golden.at("sources").get(i));
      int[] labels = ints(golden.at("labels").get(i));
      int[] target = new int[labels.length];
      for (int t = 1; t < target.length; t++) {
        target[t] = Math.max(0, labels[t - 1]); // what is not counted is read as padding, 0
      }
      sequences.add(new Encoded(source, new int[source.length], target));
    }
    return Batch.of(sequences);
  }

  float[] labels() {
    List<Float> labels = new ArrayList<>();
    golden.at("labels").forEach(row -> row.forEach(label -> labels.add(label.floatValue())));
    float[] flat = new float[labels.size()];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = labels.get(i);
    }
    return flat;
  }

  /** The whole numbers of a list. */
  public static int[] ints(JsonNode node) {
    int[] values = new int[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = node.get(i).intValue();
    }
    return values;
  }
}
