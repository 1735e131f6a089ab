package dev.orthant.core.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

final class EncoderConfigTest {

  private static final String SIZES =
      "'hidden_size': 8, 'num_hidden_layers': 2, 'num_attention_heads': 2, 'intermediate_size': 16,"
          + " 'vocab_size': 20, 'max_position_embeddings': 9";

  @Test
  void readsSizesAndTakesBertsDefaults() {
    EncoderConfig config = EncoderConfig.of(json("{'model_type': 'bert', " + SIZES + "}"));

    assertThat(config).isEqualTo(new EncoderConfig(8, 2, 2, 16, 20, 9, 2, 1e-12));
  }

  @Test
  void everythingUnsupportedIsNamed() {
    JsonNode json =
        json(
            "{'model_type': 'roberta', 'hidden_act': 'gelu_old', 'position_embedding_type':"
                + " 'relative_key', 'hidden_size': 8.5}");

    assertThatThrownBy(() -> EncoderConfig.of(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "unsupported encoder configuration: model_type is 'roberta', supported is 'bert';"
                + " position_embedding_type is 'relative_key',"
                + " supported is 'absolute'; hidden_size is not a whole number, was 8.5;"
                + " num_hidden_layers is missing; num_attention_heads is missing;"
                + " intermediate_size is missing; vocab_size is missing; max_position_embeddings is"
                + " missing; hidden_act is 'gelu_old', supported are gelu, gelu_fast, gelu_new,"
                + " gelu_pytorch_tanh, quick_gelu, relu, silu, swish");
  }

  @Test
  void headsShareTheWidthEvenly() {
    assertThatThrownBy(() -> new EncoderConfig(8, 2, 3, 16, 20, 9, 2, 1e-12))
        .hasMessage(
            "unsupported encoder configuration: hidden_size must be a multiple of"
                + " num_attention_heads, was 8 with 3 heads");
    assertThatThrownBy(() -> new EncoderConfig(8, 0, 2, 16, 20, 9, 2, 1e-12))
        .hasMessage(
            "unsupported encoder configuration: num_hidden_layers must be at least 1, was 0");
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
