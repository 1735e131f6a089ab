package dev.orthant.eval.study;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigurationException;
import dev.orthant.core.config.RunConfig;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.plugin.Catalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StudyChecksTest {

  private static final String CONFIGURATION =
      """
      base: {model: base}
      tasks: [{name: one, source: "package:acceptability"}]
      adapters: [{name: first, type: lora}, {name: second, type: lora}]
      training: {epochs: 1}
      """;

  private final ConfigDecoder decoder = new ConfigDecoder();

  @TempDir private Path folder = Path.of("");

  @Test
  void aPrecisionThatTheMachineLacksIsAProblemOfItsKey() throws IOException {
    StudyChecks forAll = checks(CONFIGURATION.replace("epochs: 1", "precision: bf16"));
    StudyChecks forOne =
        checks(CONFIGURATION.replace("name: second", "name: second, training: {precision: bf16}"));

    assertThatCode(() -> checks(CONFIGURATION).against(new PortableKernels()))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> forAll.against(new PortableKernels()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("training.precision: precision bf16 needs oneDNN and a processor")
        .hasMessageNotContaining("adapters[");
    assertThatThrownBy(() -> forOne.against(new PortableKernels()))
        .hasMessageContaining("adapters[1].training.precision: precision bf16 needs oneDNN");
  }

  private StudyChecks checks(String configuration) throws IOException {
    Path file = Files.writeString(folder.resolve("study.yaml"), configuration);
    RunConfig run = RunConfig.read(file, decoder);
    return new StudyChecks(run, new Catalog(List.of(), List.of()), decoder, "study.yaml");
  }
}
