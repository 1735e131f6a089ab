package dev.orthant.adapters.moslora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.adapters.moslora.MosloraConfig.MixerInit;
import dev.orthant.adapters.moslora.MosloraConfig.MixerUse;
import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MosloraConfigTest {

  @Test
  void nothingGivesTheDefaults() {
    assertThat(decode("{}")).isEqualTo(MosloraConfig.defaults());
  }

  @Test
  void keysAreThoseOfTheDocumentation() {
    MosloraConfig config =
        decode(
            """
            rank: 4
            alpha: 8
            rank_stabilised: true
            dropout: 0.1
            target_modules: [dense]
            exclude_modules: [output.dense]
            layers_to_transform: [0, 5]
            rank_pattern: {intermediate.dense: 2}
            alpha_pattern: {intermediate.dense: 6}
            init: gaussian
            mixer_init: {subspaces: 4}
            mixer: shared
            mixer_learning_rate_ratio: 4
            """);

    assertThat(config.rank()).isEqualTo(4);
    assertThat(config.alpha()).isEqualTo(8);
    assertThat(config.rankStabilised()).isTrue();
    assertThat(config.dropout()).isEqualTo(0.1);
    assertThat(config.targetModules()).containsExactly("dense");
    assertThat(config.excludeModules()).containsExactly("output.dense");
    assertThat(config.layersToTransform()).containsExactly(0, 5);
    assertThat(config.rankPattern()).containsEntry("intermediate.dense", 2);
    assertThat(config.alphaPattern()).containsEntry("intermediate.dense", 6.0);
    assertThat(config.init()).isEqualTo(InitialA.GAUSSIAN);
    assertThat(config.mixerInit()).isEqualTo(new MixerInit.Subspaces(4));
    assertThat(config.mixer()).isEqualTo(MixerUse.SHARED);
    assertThat(config.mixerLearningRateRatio()).isEqualTo(4);
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> decode("dropout: 1"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("dropout must be in [0, 1), was 1.0");
  }

  @Test
  void twoSubspacesWantAnEvenRank() {
    assertThatThrownBy(() -> decode("{rank: 3, mixer_init: two-subspaces}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("rank must be even for mixer_init two-subspaces, was 3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {mixer_init: {subspaces: 3}}                        | rank must be divisible by the 3 subspaces of mixer_init, was 8
          {mixer_init: {subspaces: 1}}                        | subspaces must be at least 2, was 1
          {mixer_init: zero, mixer: frozen}                   | mixer_init zero cannot be trained with mixer frozen
          {mixer_init: zero, mixer: folded}                   | mixer_init zero cannot be trained with mixer folded
          {mixer_learning_rate_ratio: 0}                      | mixer_learning_rate_ratio must be positive and finite, was 0.0
          {mixer_learning_rate_ratio: 2, mixer: frozen}       | mixer_learning_rate_ratio has no meaning with mixer frozen
          """)
  void whatCannotWorkIsRefusedWithTheReason(String yaml, String reason) {
    assertThatThrownBy(() -> decode(yaml))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(reason);
  }

  private static MosloraConfig decode(String yaml) {
    return new ConfigDecoder().decode(yaml, MosloraConfig.class, MosloraConfig.defaults());
  }
}
