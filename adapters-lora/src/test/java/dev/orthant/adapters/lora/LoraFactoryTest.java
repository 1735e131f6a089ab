package dev.orthant.adapters.lora;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.ShapeMismatchException;
import dev.orthant.core.spi.Site;
import dev.orthant.core.testing.RandomStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

final class LoraFactoryTest {

  private static final Site SITE = new Site("encoder.layer.3.attention.self.query", 3, 64, 48);

  private final LoraFactory factory = new LoraFactory();

  @Test
  void isFoundByItsName() {
    assertThat(ServiceLoader.load(AdapterFactory.class))
        .anySatisfy(
            found -> {
              assertThat(found).isInstanceOf(LoraFactory.class);
              assertThat(found.name()).isEqualTo("lora");
            });
  }

  @Test
  void kaimingStaysWithinOneOverRootOfTheInputAndBIsZero() {
    Adapter adapter = factory.create(LoraConfig.defaults(), site(null));

    INDArray a = adapter.parameters().get(0).value();
    // U(-1/8, 1/8) for 64 inputs: its standard deviation is 1 / (8 sqrt 3) = 0.0722
    assertThat(a.amaxNumber().doubleValue()).isBetween(0.115, 0.125);
    assertThat(a.stdNumber().doubleValue()).isCloseTo(0.0722, within(0.005));
    assertThat(adapter.parameters().get(1).value().amaxNumber().doubleValue()).isZero();
  }

  @Test
  void gaussianHasTheStandardDeviationOneOverRank() {
    LoraConfig d = LoraConfig.defaults();
    LoraConfig config =
        new LoraConfig(
            d.rank(),
            d.alpha(),
            false,
            0,
            d.targetModules(),
            List.of(),
            List.of(),
            Map.of(),
            Map.of(),
            InitialA.GAUSSIAN);

    INDArray a = factory.create(config, site(null)).parameters().get(0).value();

    assertThat(a.stdNumber().doubleValue()).isCloseTo(1 / 8.0, within(0.01));
  }

  @Test
  void rankStabilisedScalingDividesByTheRoot() {
    LoraConfig d = LoraConfig.defaults();
    LoraConfig config =
        new LoraConfig(
            4,
            8,
            true,
            0,
            d.targetModules(),
            List.of(),
            List.of(),
            Map.of(),
            Map.of(),
            InitialA.KAIMING);

    // 8 / sqrt(4) = 4, where plain LoRA has 8 / 4 = 2
    assertThat(((LoraDelta) factory.create(config, site(null)).delta()).scaling()).isEqualTo(4.0);
    assertThat(((LoraDelta) factory.create(config.at(16, 8), site(null)).delta()).scaling())
        .isEqualTo(2.0);
  }

  @Test
  void aIsACopyOfTheBasisHeldAsTheConstraintSays() {
    INDArray rows = RandomStatistics.orthonormalRows(8, 64, 1);
    ConstrainedBasis basis = new ConstrainedBasis(rows, new Hold.Frozen());

    Parameter a = factory.create(LoraConfig.defaults(), site(basis)).parameters().get(0);

    assertThatTensor(a.value()).hasSameBitsAs(rows);
    assertThat(a.value()).isNotSameAs(rows);
    assertThat(a.isTrainable()).isFalse();
    assertThat(a.constraint()).isSameAs(basis);
  }

  @Test
  void basisOfAnotherRankIsRefused() {
    INDArray rows = RandomStatistics.orthonormalRows(4, 64, 1);
    ConstrainedBasis basis = new ConstrainedBasis(rows, new Hold.InitOnly());

    assertThatThrownBy(() -> factory.create(LoraConfig.defaults(), site(basis)))
        .isInstanceOf(ShapeMismatchException.class)
        .hasMessageContaining(SITE.module())
        .hasMessageContaining("[8, 64]")
        .hasMessageContaining("[4, 64]");
  }

  @Test
  void planLooksUpRankAndAlphaIndependently() {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    ranks.put("layer.0.*query", 4);
    ranks.put("query", 2);
    LoraConfig config = withPatterns(ranks, Map.of("value", 32.0));

    Map<String, LoraConfig> plan = factory.plan(config, encoder());

    assertThat(plan.keySet())
        .containsExactly(
            "encoder.layer.0.query",
            "encoder.layer.0.value",
            "encoder.layer.1.query",
            "encoder.layer.1.value");
    assertThat(plan.values().stream().map(LoraConfig::rank)).containsExactly(4, 8, 2, 8);
    assertThat(plan.values().stream().map(LoraConfig::alpha))
        .containsExactly(16.0, 32.0, 16.0, 32.0);
  }

  @Test
  void planWithoutAMatchNamesTargetsAndModules() {
    LoraConfig config = LoraConfig.defaults();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> factory.plan(config, List.of(new Site("h.0.mixing", 0, 4, 4))))
        .withMessageContaining("[query, value]")
        .withMessageContaining("h.0.mixing");
  }

  @Test
  void wrongValuesAreNamed() {
    LoraConfig valid = LoraConfig.defaults();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> valid.at(0, 16))
        .withMessage("rank must be at least 1, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> valid.at(8, Double.NaN))
        .withMessage("alpha must be positive and finite, was NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withPatterns(Map.of("query", 0), Map.of()))
        .withMessage("rank_pattern 'query' must be at least 1, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withPatterns(Map.of("qu(ery", 4), Map.of()))
        .withMessageStartingWith("rank_pattern 'qu(ery' is not a regular expression");
  }

  private static LoraConfig withPatterns(Map<String, Integer> ranks, Map<String, Double> alphas) {
    LoraConfig d = LoraConfig.defaults();
    return new LoraConfig(
        d.rank(),
        d.alpha(),
        d.rankStabilised(),
        d.dropout(),
        d.targetModules(),
        d.excludeModules(),
        d.layersToTransform(),
        ranks,
        alphas,
        d.init());
  }

  private static List<Site> encoder() {
    return List.of(
        new Site("encoder.layer.0.query", 0, 16, 16),
        new Site("encoder.layer.0.key", 0, 16, 16),
        new Site("encoder.layer.0.value", 0, 16, 16),
        new Site("encoder.layer.1.query", 1, 16, 16),
        new Site("encoder.layer.1.value", 1, 16, 16));
  }

  private static AdapterSite site(@Nullable ConstrainedBasis basis) {
    return AdapterSite.builder(SITE, new Random(1)).basis(basis).build();
  }
}
