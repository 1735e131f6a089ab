package dev.orthant.core.nn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.family.BertEncoder;
import dev.orthant.core.family.EncoderConfig;
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

/** The tiny random BERT of {@code reference/bert/make_tiny_bert.py}. */
final class TinyBert {

  private final Golden golden = Golden.load(TinyBert.class, "/reference/bert/tiny_bert.json");

  Golden golden() {
    return golden;
  }

  EncoderConfig config() {
    return EncoderConfig.of(golden.at("config"));
  }

  Map<String, INDArray> weights() {
    Map<String, INDArray> weights = new LinkedHashMap<>();
    golden
        .at("weights")
        .fieldNames()
        .forEachRemaining(n -> weights.put(n, golden.tensor("weights", n)));
    return weights;
  }

  Transformer encoder() {
    return BertEncoder.load(config(), new MapTensors(weights()));
  }

  SequenceClassifier classifier(String pool) {
    Transformer encoder = encoder();
    INDArray weight = golden.tensor("head", "weight");
    INDArray bias = golden.tensor("head", "bias");
    return new SequenceClassifier(
        encoder, encoder.heads().of(pool, Map.of("weight", weight, "bias", bias)));
  }

  /** LoRA on the modules that are wanted. */
  AdapterSet adapters(Predicate<String> wanted, double dropout) {
    Map<String, Adapter> adapters = new LinkedHashMap<>();
    golden
        .at("adapters")
        .fieldNames()
        .forEachRemaining(
            module -> {
              if (wanted.test(module)) {
                adapters.put(
                    module,
                    new FactorAdapter(
                        golden.tensor("adapters", module, "a"),
                        golden.tensor("adapters", module, "b"),
                        golden.at("scaling").asDouble(),
                        dropout));
              }
            });
    return new AdapterSet(adapters);
  }

  Batch batch() {
    List<Encoded> sequences = new ArrayList<>();
    for (int i = 0; i < golden.at("token_ids").size(); i++) {
      sequences.add(
          new Encoded(ints(golden.at("token_ids").get(i)), ints(golden.at("type_ids").get(i))));
    }
    return Batch.of(sequences);
  }

  float[] labels() {
    float[] labels = new float[golden.at("labels").size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = golden.at("labels").get(i).intValue();
    }
    return labels;
  }

  private static int[] ints(JsonNode node) {
    int[] values = new int[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = node.get(i).intValue();
    }
    return values;
  }
}
