package dev.orthant.core.nn;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.family.BertEncoder;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.spi.Site;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What checkpoints may look like, and what is said of those that do not fit. */
final class BertEncoderLoadTest {

  private final TinyBert tiny = new TinyBert();
  private final Kernels kernels = new PortableKernels();

  @Test
  void namesMayHaveAPrefixAndLegacyNorms() {
    Map<String, INDArray> legacy = new LinkedHashMap<>();
    tiny.weights()
        .forEach(
            (name, tensor) ->
                legacy.put(
                    "bert."
                        + name.replace("LayerNorm.weight", "LayerNorm.gamma")
                            .replace("LayerNorm.bias", "LayerNorm.beta"),
                    tensor));
    legacy.put("bert.embeddings.position_ids", Nd4j.zeros(DataType.INT64, 1, 9));
    legacy.put("cls.predictions.bias", Nd4j.zeros(DataType.FLOAT, 20));

    Transformer encoder = BertEncoder.load(tiny.config(), new MapTensors(legacy));

    assertThat(encoder.sites().get(0))
        .isEqualTo(new Site("bert.encoder.layer.0.attention.self.query", 0, 8, 8));
    try (Pass pass = new Pass(kernels, AdapterSet.none());
        Pass plain = new Pass(kernels, AdapterSet.none())) {
      assertThatTensor(encoder.forward(pass, tiny.batch()))
          .hasSameBitsAs(tiny.encoder().forward(plain, tiny.batch()));
    }
  }

  @Test
  void sitesAreTheLinearLayersInOrder() {
    Transformer encoder = tiny.encoder();

    assertThat(encoder.sites()).hasSize(12);
    assertThat(encoder.sites().get(10))
        .isEqualTo(new Site("encoder.layer.1.intermediate.dense", 1, 8, 16));
    assertThatTensor(encoder.baseWeights("encoder.layer.1.output.dense"))
        .hasSameBitsAs(tiny.golden().tensor("weights", "encoder.layer.1.output.dense.weight"));
    assertThatThrownBy(() -> encoder.baseWeights("encoder.layer.9.output.dense"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'encoder.layer.9.output.dense'");
  }

  @Test
  void everythingMissingOrMisshapenIsNamed() {
    Map<String, INDArray> weights = tiny.weights();
    weights.remove("encoder.layer.1.attention.self.key.bias");
    weights.put("encoder.layer.0.intermediate.dense.weight", Nd4j.zeros(DataType.FLOAT, 8, 16));

    assertThatThrownBy(() -> BertEncoder.load(tiny.config(), new MapTensors(weights)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "not the tensors of a BERT encoder of this configuration:"
                + " 'encoder.layer.0.intermediate.dense.weight' has shape [8, 16], expected"
                + " [16, 8]; 'encoder.layer.1.attention.self.key.bias' [8] is missing");
  }

  @Test
  void aHeadOnThePoolerNeedsOne() {
    Map<String, INDArray> weights = tiny.weights();
    weights.remove("pooler.dense.weight");
    Transformer encoder = BertEncoder.load(tiny.config(), new MapTensors(weights));

    assertThatThrownBy(
            () ->
                encoder
                    .heads()
                    .of(
                        ClsPoolerHead.NAME,
                        Map.of("weight", Nd4j.zeros(2, 8), "bias", Nd4j.zeros(2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the base model has no pooler; use the head mean-pool");
  }

  @Test
  void aFreshHeadIsSmallAndSeeded() {
    Transformer encoder = tiny.encoder();

    Head head = MeanPoolHead.fresh(encoder.sizes().hidden(), 300, new SplittableRandom(5));
    Head again = encoder.heads().fresh(300, false, new SplittableRandom(5));

    INDArray weight = head.parameters().get(0).value();
    // 2400 draws: the standard error of the deviation is 0.0003
    assertThat(weight.stdNumber().doubleValue()).isBetween(0.0185, 0.0215);
    assertThatTensor(again.parameters().get(0).value()).hasSameBitsAs(weight);
    assertThat(head.parameters().get(1).value().sumNumber().doubleValue()).isZero();
  }

  @Test
  void sequencesThatAreTooLongAreRefused() {
    Batch batch = Batch.of(List.of(new Encoded(new int[10], new int[10])));

    try (Pass pass = new Pass(kernels, AdapterSet.none())) {
      assertThatThrownBy(() -> tiny.encoder().forward(pass, batch))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("sequence 0 has 10 tokens, but the model has 9 positions");
    }
  }
}
