package dev.orthant.adapters.lora;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.adapters.lora.CordaConfig.Mode;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.AdapterGolden;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.testing.PlainOps;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** CorDA, LoRA-XS and VeRA against their formulas in PyTorch. */
final class FamilyReferenceTest {

  /** Single precision here, over sums of at most 60 products of numbers below 10. */
  private static final double TOLERANCE = 2e-5;

  private static final Golden CORDA = golden("corda");
  private static final Golden LORA_XS = golden("lora-xs");
  private static final Golden VERA = golden("vera");

  @Test
  void cordaEqualsItsFormulas() {
    Map<String, String> names =
        Map.of("lora_A", "A", "lora_B", "B", "first_A", "A0", "first_B", "B0");

    new AdapterGolden(CORDA, new PlainOps(), TOLERANCE)
        .check(new CordaFactory(), corda(Mode.INSTRUCTION_PREVIEWED), names);
  }

  @ParameterizedTest
  @CsvSource({"INSTRUCTION_PREVIEWED, ipm", "KNOWLEDGE_PRESERVED, kpm"})
  void cordaStartsAtTheComponentsOfItsMode(Mode mode, String name) {
    FeatureStatistics features = statistics(CORDA.tensor("start", "features"));
    boolean own = mode == Mode.INSTRUCTION_PREVIEWED;
    INDArray weights = CORDA.tensor("inputs", "W");

    Adapter adapter =
        new CordaFactory()
            .create(
                corda(mode),
                AdapterSite.builder(new Site("layer", 0, 6, 5), new Random(1))
                    .baseWeights(() -> weights)
                    .ownStatistics(own ? features : null)
                    .otherStatistics(own ? List.of() : List.of(features))
                    .build());

    INDArray product = CORDA.tensor("start", "B_" + name).mmul(CORDA.tensor("start", "A_" + name));
    assertThatTensor(value(adapter, 1).mmul(value(adapter, 0)))
        .isCloseTo(product, TOLERANCE, TOLERANCE);
    assertThatTensor(value(adapter, 0).norm2(1))
        .isCloseTo(CORDA.tensor("start", "A_" + name).norm2(1), TOLERANCE, TOLERANCE);
  }

  @Test
  void cordaWithoutItsStatisticsIsRefused() {
    AdapterSite site =
        AdapterSite.builder(new Site("layer", 0, 6, 5), new Random(1))
            .baseWeights(() -> CORDA.tensor("inputs", "W"))
            .build();

    assertThatThrownBy(() -> new CordaFactory().create(corda(Mode.KNOWLEDGE_PRESERVED), site))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "corda needs statistics of other tasks' features at module 'layer', and there are none");
  }

  @Test
  void loraXsEqualsItsFormulas() {
    LoraXsConfig config = LoraXsConfig.defaults().at(2, 6);
    Map<String, String> names = Map.of("lora_A", "A", "lora_B", "B", "lora_latent_mapping", "R");

    new AdapterGolden(LORA_XS, new PlainOps(), TOLERANCE).check(new LoraXsFactory(), config, names);

    Adapter fresh =
        new LoraXsFactory()
            .create(
                config,
                AdapterSite.builder(new Site("layer", 0, 6, 5), new Random(1))
                    .baseWeights(() -> LORA_XS.tensor("inputs", "W"))
                    .build());
    INDArray product = LORA_XS.tensor("start", "B").mmul(LORA_XS.tensor("start", "A"));
    assertThatTensor(value(fresh, 2).mmul(value(fresh, 0)))
        .isCloseTo(product, TOLERANCE, TOLERANCE);
    assertThat(fresh.parameters().stream().filter(Parameter::isTrainable)).hasSize(1);
  }

  @Test
  void veraEqualsItsFormulas() {
    VeraConfig config = new VeraConfig(2, 0, List.of("q"), List.of(), List.of(), 0.1, 0);
    INDArray a = VERA.tensor("inputs", "A");
    INDArray turned = VERA.tensor("inputs", "B").transpose().dup('c');
    Map<String, String> names = Map.of("vera_lambda_d", "lambda_d", "vera_lambda_b", "lambda_b");

    new AdapterGolden(VERA, new PlainOps(), TOLERANCE)
        .check(new VeraAdapter(config, a, turned), names);
  }

  @Test
  void veraSharesItsMatricesAndDependsOnItsOwnSeedOnly() {
    VeraConfig config = new VeraConfig(2, 0, List.of("q"), List.of(), List.of(), 0.1, 0);
    VeraConfig other = new VeraConfig(2, 0, List.of("q"), List.of(), List.of(), 0.1, 1);

    INDArray first = trained(config, 1).delta().dense();

    assertThatTensor(trained(config, 2).delta().dense()).hasSameBitsAs(first);
    assertThatTensor(trained(other, 1).delta().dense()).isNotEqualTo(first);
  }

  private static Adapter trained(VeraConfig config, long seed) {
    Adapter adapter =
        new VeraFactory()
            .create(
                config, AdapterSite.builder(new Site("layer", 0, 6, 5), new Random(seed)).build());
    value(adapter, 1).addi(1);
    return adapter;
  }

  private static INDArray value(Adapter adapter, int parameter) {
    return adapter.parameters().get(parameter).value();
  }

  private static CordaConfig corda(Mode mode) {
    CordaConfig defaults = CordaConfig.defaults();
    return new CordaConfig(
        2,
        6,
        false,
        0,
        defaults.targetModules(),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        mode,
        defaults.damping());
  }

  private static FeatureStatistics statistics(INDArray features) {
    double[] gram = features.transpose().mmul(features).dup('c').data().asDouble();
    double[] sum = features.sum(0).data().asDouble();
    return new FeatureStatistics("task", features.size(0), sum, gram);
  }

  private static Golden golden(String name) {
    return Golden.load(FamilyReferenceTest.class, "/reference/family/" + name + ".json");
  }
}
