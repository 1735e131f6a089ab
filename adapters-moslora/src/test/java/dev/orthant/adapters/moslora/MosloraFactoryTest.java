package dev.orthant.adapters.moslora;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.adapters.moslora.MosloraConfig.MixerInit;
import dev.orthant.adapters.moslora.MosloraConfig.MixerUse;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.testing.RandomStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

final class MosloraFactoryTest {

  private static final Site SITE = new Site("encoder.layer.0.attention.self.query", 0, 32, 24);
  private static final double ROUNDING = 1e-6;

  private final MosloraFactory factory = new MosloraFactory();

  @Test
  void isFoundByItsName() {
    assertThat(ServiceLoader.load(AdapterFactory.class))
        .anySatisfy(found -> assertThat(found.name()).isEqualTo("moslora"));
  }

  @Test
  void parametersAreNamedInTheOrderOfTheirUse() {
    Adapter adapter = factory.create(MosloraConfig.defaults(), site(null));

    assertThat(adapter.parameters().stream().map(Parameter::name))
        .containsExactly("lora_A", "lora_mixer", "lora_B");
    assertThat(adapter.parameters()).allMatch(Parameter::isTrainable);
  }

  @Test
  void kaimingMixerStaysWithinOneOverRootOfTheRank() {
    INDArray mixer = mixer(new MixerInit.Kaiming(), null);

    // U(-1/sqrt 8, 1/sqrt 8) = U(-0.354, 0.354)
    assertThat(mixer.amaxNumber().doubleValue()).isBetween(0.3, 0.3536);
  }

  @Test
  void orthogonalMixerIsOrthogonal() {
    INDArray mixer = mixer(new MixerInit.Orthogonal(), null);

    assertThatTensor(mixer.mmul(mixer.transpose()).dup('c'))
        .isCloseTo(Nd4j.eye(8).castTo(mixer.dataType()), ROUNDING, 0);
    assertThat(mixer.amaxNumber().doubleValue()).isLessThan(0.99);
  }

  @Test
  void identityMixerIsTheIdentity() {
    assertThatTensor(mixer(new MixerInit.Identity(), null)).hasSameBitsAs(Nd4j.eye(8));
  }

  @ParameterizedTest
  @MethodSource("inits")
  void mixerOfOneSeedIsTheSameWithAndWithoutAConstraint(MixerInit init) {
    ConstrainedBasis basis =
        new ConstrainedBasis(RandomStatistics.orthonormalRows(8, 32, 1), new Hold.Frozen());

    assertThatTensor(mixer(init, basis)).hasSameBitsAs(mixer(init, null));
  }

  @Test
  void frozenBasisLeavesMixerAndBTrainable() {
    ConstrainedBasis basis =
        new ConstrainedBasis(RandomStatistics.orthonormalRows(8, 32, 1), new Hold.Frozen());

    Adapter adapter = factory.create(MosloraConfig.defaults(), site(basis));

    assertThat(adapter.parameters().stream().map(Parameter::isTrainable))
        .containsExactly(false, true, true);
  }

  @Test
  void exportFoldsTheMixerIntoA() {
    Adapter adapter = factory.create(MosloraConfig.defaults().at(2, 4), site(null));
    INDArray a = adapter.parameters().get(0).value();
    adapter
        .parameters()
        .get(1)
        .value()
        .assign(Nd4j.createFromArray(new float[][] {{0, 1}, {2, 3}}));

    INDArray folded = adapter.export().tensors().get("lora_A.weight");

    // (0 1; 2 3) A has the rows a_1 and 2 a_0 + 3 a_1
    assertThat(adapter.export().tensors()).containsOnlyKeys("lora_A.weight", "lora_B.weight");
    assertThatTensor(folded.getRow(0).dup()).isCloseTo(a.getRow(1).dup(), ROUNDING, 0);
    assertThatTensor(folded.getRow(1).dup())
        .isCloseTo(a.getRow(0).mul(2).add(a.getRow(1).mul(3)), ROUNDING, 0);
  }

  @Test
  void planKeepsTheMixerAndAppliesThePatterns() {
    MosloraConfig d = MosloraConfig.defaults();
    MosloraConfig config =
        new MosloraConfig(
            8,
            16,
            false,
            0,
            List.of("query"),
            List.of(),
            List.of(),
            Map.of("query", 4),
            Map.of(),
            d.init(),
            new MixerInit.Orthogonal(),
            MixerUse.FROZEN,
            null);

    MosloraConfig planned = factory.plan(config, List.of(SITE)).get(SITE.module());

    assertThat(planned.rank()).isEqualTo(4);
    assertThat(planned.mixerInit()).isEqualTo(new MixerInit.Orthogonal());
    assertThat(planned.mixer()).isEqualTo(MixerUse.FROZEN);
  }

  @Test
  void wrongValuesAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MosloraConfig.defaults().at(-1, 16))
        .withMessage("rank must be at least 1, was -1");
  }

  /** (B1 + B2)(A1 + A2) with halves of B and A, as the paper writes it. */
  @Test
  void twoSubspacesMixEachHalfWithBoth() {
    Adapter adapter = adapter(new MixerInit.TwoSubspaces(), MixerUse.FROZEN, null);
    INDArray a = adapter.parameters().get(0).value(); // [8, 32]
    INDArray b = adapter.parameters().get(2).value(); // [24, 8]
    b.assign(Nd4j.linspace(-1, 1, b.length()).reshape(b.shape()));

    LoraDelta delta = (LoraDelta) adapter.delta();

    INDArray ofB = columns(b, 0).add(columns(b, 4)); // [24, 4]
    INDArray ofA = rows(a, 0).add(rows(a, 4)); // [4, 32]
    assertThatTensor(delta.dense())
        .isCloseTo(ofB.mmul(ofA).mul(delta.scaling()).dup('c'), ROUNDING, ROUNDING);
  }

  @Test
  void aFoldedMixerIsInAFromTheStart() {
    Adapter mixed = adapter(new MixerInit.Kaiming(), MixerUse.TRAINED, null);
    Adapter folded = adapter(new MixerInit.Kaiming(), MixerUse.FOLDED, null);

    assertThat(folded.parameters().stream().map(Parameter::isTrainable))
        .containsExactly(true, false, true);
    assertThatTensor(folded.parameters().get(0).value())
        .hasSameBitsAs(mixed.export().tensors().get("lora_A.weight"));
    assertThatTensor(folded.parameters().get(1).value()).hasSameBitsAs(Nd4j.eye(8));
  }

  @Test
  void aFrozenMixerStaysAsItWasDrawn() {
    Adapter frozen = adapter(new MixerInit.Kaiming(), MixerUse.FROZEN, null);

    assertThat(frozen.parameters().stream().map(Parameter::isTrainable))
        .containsExactly(true, false, true);
    assertThatTensor(frozen.parameters().get(1).value())
        .hasSameBitsAs(mixer(new MixerInit.Kaiming(), null));
  }

  /** (B1 + B2 + B3 + B4)(A1 + A2 + A3 + A4) with quarters of B and A. */
  @Test
  void kSubspacesMixEachPartWithAll() {
    Adapter adapter = adapter(new MixerInit.Subspaces(4), MixerUse.TRAINED, null);
    INDArray a = adapter.parameters().get(0).value(); // [8, 32]
    INDArray b = adapter.parameters().get(2).value(); // [24, 8]
    b.assign(Nd4j.linspace(-1, 1, b.length()).reshape(b.shape()));

    LoraDelta delta = (LoraDelta) adapter.delta();

    INDArray ofB = Nd4j.zeros(b.dataType(), 24, 2);
    INDArray ofA = Nd4j.zeros(a.dataType(), 2, 32);
    for (int part = 0; part < 8; part += 2) {
      ofB.addi(b.get(NDArrayIndex.all(), NDArrayIndex.interval(part, part + 2)));
      ofA.addi(a.get(NDArrayIndex.interval(part, part + 2), NDArrayIndex.all()));
    }
    assertThatTensor(delta.dense())
        .isCloseTo(ofB.mmul(ofA).mul(delta.scaling()).dup('c'), ROUNDING, ROUNDING);
  }

  @Test
  void xavierMixerStaysWithinItsBound() {
    // U(-sqrt(3/8), sqrt(3/8)) = U(-0.612, 0.612)
    assertThat(mixer(new MixerInit.Xavier(), null).amaxNumber().doubleValue())
        .isBetween(0.5, 0.6124);
  }

  @Test
  void normalMixerHasTheVarianceOfOneOverTheRank() {
    INDArray mixer = mixer(new MixerInit.Normal(), null);

    // 64 squares of standard deviation sqrt(2)/8: the mean is 1/8 +- 0.022
    assertThat(mixer.mul(mixer).meanNumber().doubleValue()).isCloseTo(0.125, within(0.066));
  }

  @Test
  void aMixerOfZerosComesWithADrawnB() {
    Adapter adapter = adapter(new MixerInit.Zero(), MixerUse.TRAINED, null);

    assertThat(adapter.parameters().get(1).value().norm2Number().doubleValue()).isZero();
    assertThat(adapter.parameters().get(2).value().amaxNumber().doubleValue())
        .isBetween(0.3, 0.3536);
    assertThat(adapter.delta().norm()).isZero();
  }

  @Test
  void aMixerOfZerosWithAZeroAIsRefused() {
    ConstrainedBasis basis =
        new ConstrainedBasis(
            ConstrainedBasis.Side.OUTPUT,
            RandomStatistics.orthonormalRows(8, 24, 1),
            new Hold.InitOnly(),
            null,
            null);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> adapter(new MixerInit.Zero(), MixerUse.TRAINED, basis))
        .withMessageContaining("mixer_init zero cannot be trained with a constraint that gives B");
  }

  @Test
  void aSharedMixerIsOneParameterOfAllModulesOfARank() {
    MosloraConfig config = config(new MixerInit.Kaiming(), MixerUse.SHARED, 2.0);
    Map<String, Parameter> shared = new HashMap<>();

    List<Parameter> mixers =
        Stream.of(config, config, config.at(4, 8))
            .map(
                at -> {
                  AdapterSite place =
                      AdapterSite.builder(SITE, new Random(1)).sharedParameters(shared).build();
                  return factory.create(at, place).parameters().get(1);
                })
            .toList();

    assertThat(mixers.get(1)).isSameAs(mixers.get(0));
    assertThat(mixers.get(2)).isNotSameAs(mixers.get(0));
    assertThat(mixers.get(0).learningRateMultiplier()).isEqualTo(2);
  }

  private static Stream<MixerInit> inits() {
    return Stream.of(
        new MixerInit.Kaiming(),
        new MixerInit.Xavier(),
        new MixerInit.Normal(),
        new MixerInit.Orthogonal(),
        new MixerInit.Identity(),
        new MixerInit.Zero(),
        new MixerInit.TwoSubspaces(),
        new MixerInit.Subspaces(4));
  }

  private static INDArray rows(INDArray a, int from) {
    return a.get(NDArrayIndex.interval(from, from + 4), NDArrayIndex.all()).dup();
  }

  private static INDArray columns(INDArray b, int from) {
    return b.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + 4)).dup();
  }

  private INDArray mixer(MixerInit init, @Nullable ConstrainedBasis basis) {
    return adapter(init, MixerUse.TRAINED, basis).parameters().get(1).value();
  }

  private Adapter adapter(MixerInit init, MixerUse use, @Nullable ConstrainedBasis basis) {
    return factory.create(config(init, use, null), site(basis));
  }

  private static MosloraConfig config(MixerInit init, MixerUse use, @Nullable Double ratio) {
    MosloraConfig d = MosloraConfig.defaults();
    return new MosloraConfig(
        d.rank(),
        d.alpha(),
        d.rankStabilised(),
        d.dropout(),
        d.targetModules(),
        d.excludeModules(),
        d.layersToTransform(),
        d.rankPattern(),
        d.alphaPattern(),
        d.init(),
        init,
        use,
        ratio);
  }

  private static AdapterSite site(@Nullable ConstrainedBasis basis) {
    return AdapterSite.builder(SITE, new Random(1)).basis(basis).build();
  }
}
