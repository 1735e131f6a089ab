package dev.orthant.core.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.Plugin;
import dev.orthant.core.plugin.PluginDiscovery;
import dev.orthant.core.spi.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

final class ArchitecturesTest {

  @TempDir Path folder;

  @Test
  void anUnknownTypeIsToldWithWhatIsSupported() throws IOException {
    try (HuggingFaceCheckpoint checkpoint = checkpoint("{\"model_type\": \"bart\"}")) {
      assertThatThrownBy(() -> architectures(List.of()).load(checkpoint))
          .isInstanceOf(CheckpointException.class)
          .hasMessageStartingWith(
              folder
                  + ": no architecture reads model_type 'bart', did you mean 'bert'? Supported: bert");
    }
  }

  @Test
  void aMissingTypeIsTold() throws IOException {
    try (HuggingFaceCheckpoint checkpoint = checkpoint("{}")) {
      assertThatThrownBy(() -> architectures(List.of()).load(checkpoint))
          .hasMessageContaining("has no model_type; supported are bert");
    }
  }

  @Test
  void whatAFamilyRefusesIsToldWithTheFolder() throws IOException {
    try (HuggingFaceCheckpoint checkpoint = checkpoint("{\"model_type\": \"bert\"}")) {
      assertThatThrownBy(() -> architectures(List.of()).load(checkpoint))
          .isInstanceOf(CheckpointException.class)
          .hasMessageStartingWith(folder + ": ")
          .hasMessageContaining("hidden_size is missing");
    }
  }

  @Test
  void aThirdPartysFamilyIsFound() throws IOException {
    Architectures with = architectures(List.of(new Fake("bart-like", "bart")));

    assertThat(with.modelTypes()).contains("bart", "bert");
    try (HuggingFaceCheckpoint checkpoint = checkpoint("{\"model_type\": \"bart\"}")) {
      assertThatThrownBy(() -> with.load(checkpoint)).hasMessage(folder + ": was asked");
    }
  }

  @Test
  void aFamilyOfTheSameNameIsReplaced() throws IOException {
    Architectures with = architectures(List.of(new Fake("bert", "bert")));

    try (HuggingFaceCheckpoint checkpoint = checkpoint("{\"model_type\": \"bert\"}")) {
      assertThatThrownBy(() -> with.load(checkpoint)).hasMessage(folder + ": was asked");
    }
  }

  @Test
  void twoFamiliesOfOneTypeAreRefused() throws IOException {
    Architectures with = architectures(List.of(new Fake("my-bert", "bert")));

    try (HuggingFaceCheckpoint checkpoint = checkpoint("{\"model_type\": \"bert\"}")) {
      assertThatThrownBy(() -> with.load(checkpoint))
          .hasMessageContaining("model_type 'bert' is read by 'bert' and 'my-bert'");
    }
  }

  private static Architectures architectures(Collection<? extends ArchitectureFactory> own) {
    ClassLoader loader = ArchitecturesTest.class.getClassLoader();
    return new Architectures(
        new Catalog(
            new PluginDiscovery(loader, List.of()).discover(),
            own.stream().map(family -> Plugin.of(Kind.ARCHITECTURE, family)).toList()));
  }

  private HuggingFaceCheckpoint checkpoint(String config) throws IOException {
    Files.writeString(folder.resolve("config.json"), config);
    new SafetensorsWriter().add("x", Nd4j.ones(1)).write(folder.resolve("model.safetensors"));
    return HuggingFaceCheckpoint.open(folder);
  }

  /** Says that it was asked. */
  private record Fake(String name, String type) implements ArchitectureFactory {

    @Override
    public List<Reference> references() {
      return List.of();
    }

    @Override
    public String summary() {
      return "A fake";
    }

    @Override
    public Set<String> modelTypes() {
      return Set.of(type);
    }

    @Override
    public Transformer load(JsonNode config, TensorSource weights, LoadSettings settings) {
      throw new IllegalArgumentException("was asked");
    }
  }
}
