package dev.orthant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.RunConfig;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.wiring.OrthantModule;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The suites of the studies name components that exist, with settings that those accept. */
final class StudiesTest {

  private static final Path STUDIES = Path.of("studies");
  private static final int LEAST_SEEDS = 3;

  @ParameterizedTest
  @ValueSource(strings = {"osrm.yaml", "moslora.yaml"})
  void aStudysSuiteIsValid(String name) {
    assertThat(valid(name).suiteSeeds()).hasSizeGreaterThanOrEqualTo(LEAST_SEEDS);
  }

  @Test
  void theSuiteThatShowsARunningTimeIsValid() {
    assertThat(valid("bert-base.yaml").base().model()).isEqualTo("maven:bert-base");
  }

  private static RunConfig valid(String name) {
    ConfigDecoder decoder = new ConfigDecoder();
    Catalog catalog =
        Guice.createInjector(OrthantModule.builder().build()).getInstance(Catalog.class);

    RunConfig suite = RunConfig.read(STUDIES.resolve(name), decoder);

    suite.validate(catalog, decoder, name);
    return suite;
  }
}
