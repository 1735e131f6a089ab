package dev.orthant.core.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TargetModulesTest {

  private static final List<Site> SITES =
      List.of(
          site("encoder.layer.0.attention.query", 0),
          site("encoder.layer.0.attention.my_query", 0),
          site("encoder.layer.0.output.dense", 0),
          site("encoder.layer.1.attention.query", 1),
          site("encoder.layer.10.attention.query", 10),
          site("pooler.dense", -1));

  @Test
  void namesMatchWholePathsAndWholeEndings() {
    assertThat(select(TargetModules.of("query")))
        .containsExactly(
            "encoder.layer.0.attention.query",
            "encoder.layer.1.attention.query",
            "encoder.layer.10.attention.query");
    assertThat(select(TargetModules.of("output.dense", "pooler.dense")))
        .containsExactly("encoder.layer.0.output.dense", "pooler.dense");
  }

  @Test
  void namesOfBertStandForThoseOfOtherFamilies() {
    List<Site> decoder = List.of(site("h.0.attn.q_proj", 0), site("h.0.mlp.up_proj", 0));

    assertThat(TargetModules.of("query", "intermediate.dense").select(decoder)).isEqualTo(decoder);
    assertThat(TargetModules.of("quer").select(decoder)).isEmpty();
    List<Site> both = List.of(site("a.query", 0), site("b.q_proj", 0));
    assertThat(TargetModules.of("query").select(both)).containsExactly(both.get(0));
  }

  @Test
  void excludedNamesWin() {
    assertThat(
            select(
                new TargetModules(List.of("query", "dense"), List.of("pooler.dense"), List.of())))
        .doesNotContain("pooler.dense")
        .contains("encoder.layer.0.output.dense");
    assertThat(
            select(
                new TargetModules(List.of("query"), List.of(".*\\.layer\\.1\\d*\\..*"), List.of())))
        .containsExactly("encoder.layer.0.attention.query");
  }

  @Test
  void layersAreNumbersAndNotPrefixes() {
    assertThat(select(new TargetModules(List.of("query", "dense"), List.of(), List.of(1))))
        .containsExactly("encoder.layer.1.attention.query");
  }

  @Test
  void wholePathIsAdaptedWhateverTheLayers() {
    assertThat(select(new TargetModules(List.of("query", "pooler.dense"), List.of(), List.of(1))))
        .containsExactly("encoder.layer.1.attention.query", "pooler.dense");
  }

  @Test
  void singleRegularExpressionMatchesTheWholePath() {
    assertThat(select(TargetModules.of(".*\\.(query|dense)")))
        .hasSize(5)
        .doesNotContain("encoder.layer.0.attention.my_query");
    assertThat(select(TargetModules.of("layer.*query"))).isEmpty();
  }

  @Test
  void allLinearMatchesEverySiteInAnyCase() {
    assertThat(select(TargetModules.of("ALL-LINEAR"))).hasSize(SITES.size());
  }

  @Test
  void wrongChoicesAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(TargetModules::of)
        .withMessage("target_modules must name at least one module");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TargetModules(List.of("query"), List.of(" "), List.of()))
        .withMessageContaining("exclude_modules must not hold a blank name");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TargetModules(List.of("query"), List.of("a(b"), List.of()))
        .withMessageStartingWith("exclude_modules 'a(b' is not a regular expression");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TargetModules(List.of(".*query"), List.of(), List.of(1)))
        .withMessageContaining("layers_to_transform cannot be combined");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TargetModules(List.of("query"), List.of(), List.of(-1)))
        .withMessageContaining("was -1");
  }

  private static List<String> select(TargetModules targets) {
    return targets.select(SITES).stream().map(Site::module).toList();
  }

  private static Site site(String module, int layer) {
    return new Site(module, layer, 4, 4);
  }
}
