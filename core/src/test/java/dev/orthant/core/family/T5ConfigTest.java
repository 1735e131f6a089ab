package dev.orthant.core.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.kernel.Activation;
import org.junit.jupiter.api.Test;

final class T5ConfigTest {

  private static T5Config read(String fields) throws JsonProcessingException {
    String sizes =
        "'d_model':512,'d_kv':64,'num_heads':8,'d_ff':2048,'num_layers':6,'vocab_size':32128";
    return T5Config.of(
        new ObjectMapper().readTree(("{" + sizes + fields + "}").replace('\'', '"')));
  }

  @Test
  void whatTheFirstT5LeavesOutIsAsInTransformers() throws JsonProcessingException {
    T5Config small = read("");

    assertThat(small)
        .isEqualTo(
            new T5Config(
                512, 64, 8, 2048, 6, 6, 32128, 32, 128, 1e-6, Activation.RELU, false, true, 0));
  }

  @Test
  void flanT5IsGatedByTheTanhFormAndNotTied() throws JsonProcessingException {
    T5Config flan =
        read(
            ",'feed_forward_proj':'gated-gelu','tie_word_embeddings':false,'num_decoder_layers':4");

    assertThat(flan.activation()).isEqualTo(Activation.GELU_TANH);
    assertThat(flan.gated()).isTrue();
    assertThat(flan.tied()).isFalse();
    assertThat(flan.decoderLayers()).isEqualTo(4);
  }

  @Test
  void everythingWrongIsNamedAtOnce() {
    assertThatThrownBy(
            () ->
                T5Config.of(
                    new ObjectMapper()
                        .readTree(
                            "{\"d_model\": 8, \"d_ff\": 0, \"num_layers\": 1, \"vocab_size\": 9, \"num_heads\": 2, \"feed_forward_proj\": \"gated-tanh\", \"relative_attention_num_buckets\": 6}")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("d_kv is missing")
        .hasMessageContaining("d_ff must be a whole number of at least 1, was 0")
        .hasMessageContaining("feed_forward_proj is 'gated-tanh', supported are")
        .hasMessageContaining("relative_attention_num_buckets must be a multiple of 4");
  }
}
