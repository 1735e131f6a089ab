package dev.orthant.adapters.lora;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.adapters.lora.PissaConfig.Decomposition;
import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Site;
import dev.orthant.core.testing.AdapterGolden;
import dev.orthant.core.testing.Golden;
import dev.orthant.core.testing.PlainOps;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** PiSSA and OLoRA against PEFT's formulas in PyTorch. */
final class ResidualReferenceTest {

  /** Single precision here, over sums of at most 60 products of numbers below 10. */
  private static final double TOLERANCE = 2e-5;

  private static final Map<String, String> NAMES =
      Map.of("lora_A", "A", "lora_B", "B", "first_A", "A0", "first_B", "B0");

  private static final Golden PISSA = golden("pissa");
  private static final Golden OLORA = golden("olora");

  @Test
  void pissaEqualsItsFormulas() {
    PissaConfig config = PissaConfig.defaults().at(2, 6);

    new AdapterGolden(PISSA, new PlainOps(), TOLERANCE).check(new PissaFactory(), config, NAMES);

    assertStartsLike(PISSA, fresh(new PissaFactory(), config, PISSA));
  }

  @Test
  void oloraEqualsItsFormulas() {
    OloraConfig config = OloraConfig.defaults().at(2, 6);

    new AdapterGolden(OLORA, new PlainOps(), TOLERANCE).check(new OloraFactory(), config, NAMES);

    assertStartsLike(OLORA, fresh(new OloraFactory(), config, OLORA));
  }

  @Test
  void fastPissaStartsNearTheLeadingVectors() {
    PissaConfig exact = PissaConfig.defaults();
    PissaConfig fast =
        new PissaConfig(
            exact.rank(),
            exact.alpha(),
            exact.rankStabilised(),
            exact.dropout(),
            exact.targetModules(),
            exact.excludeModules(),
            exact.layersToTransform(),
            exact.rankPattern(),
            exact.alphaPattern(),
            Decomposition.FAST);
    INDArray weights = InitialA.GAUSSIAN.draw(new Random(3), 90, 80);

    double captured = startNorm(fresh(new PissaFactory(), fast, weights));

    // the norm of the product at the start, which is largest for the leading vectors
    assertThat(captured / startNorm(fresh(new PissaFactory(), exact, weights)))
        .isBetween(0.97, 1 + TOLERANCE);
  }

  @Test
  void deltaIsOfTwiceTheRankAndIsExportedSo() {
    Adapter adapter = fresh(new OloraFactory(), OloraConfig.defaults().at(2, 6), OLORA);
    adapter.parameters().get(0).value().addi(0.5);
    adapter.parameters().get(1).value().subi(0.25);

    LoraDelta delta = (LoraDelta) adapter.delta();
    AdapterExport export = adapter.export();

    assertThat(LowRank.singularValues(delta)).hasSize(4);
    assertThat(export.rank()).isEqualTo(4);
    assertThat(export.alpha() / export.rank()).isEqualTo(delta.scaling()).isEqualTo(3);
  }

  @Test
  void ranksThatTheWeightsDoNotHaveAreRefused() {
    PissaConfig config = PissaConfig.defaults().at(6, 6);

    assertThatThrownBy(() -> fresh(new PissaFactory(), config, PISSA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rank must be at most 5 at module 'layer', whose weights are [5, 6], was 6");
  }

  /** Singular vectors and the columns of Q are those of the golden up to their signs. */
  private static void assertStartsLike(Golden golden, Adapter adapter) {
    INDArray a = adapter.parameters().get(0).value();
    INDArray b = adapter.parameters().get(1).value();
    INDArray expectedA = golden.tensor("start", "A");
    INDArray expectedB = golden.tensor("start", "B");
    assertThatTensor(b.mmul(a)).isCloseTo(expectedB.mmul(expectedA), TOLERANCE, TOLERANCE);
    for (int i = 0; i < a.size(0); i++) {
      double sign = Math.signum(a.getRow(i).mul(expectedA.getRow(i)).sumNumber().doubleValue());
      assertThatTensor(a.getRow(i).mul(sign)).isCloseTo(expectedA.getRow(i), TOLERANCE, TOLERANCE);
      assertThatTensor(b.getColumn(i).mul(sign))
          .isCloseTo(expectedB.getColumn(i), TOLERANCE, TOLERANCE);
    }
  }

  private static double startNorm(Adapter adapter) {
    return new LoraDelta(
            adapter.parameters().get(1).value(), adapter.parameters().get(0).value(), 1)
        .norm();
  }

  private static <C extends Record> Adapter fresh(
      AdapterFactory<C> factory, C config, Golden golden) {
    return fresh(factory, config, golden.tensor("inputs", "W"));
  }

  private static <C extends Record> Adapter fresh(
      AdapterFactory<C> factory, C config, INDArray weights) {
    Site site = new Site("layer", 0, (int) weights.size(1), (int) weights.size(0));
    return factory.create(
        config, AdapterSite.builder(site, new Random(1)).baseWeights(() -> weights).build());
  }

  private static Golden golden(String name) {
    return Golden.load(ResidualReferenceTest.class, "/reference/family/" + name + ".json");
  }
}
