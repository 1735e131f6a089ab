package dev.orthant.core.checkpoint;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.AdapterExport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class PeftAdapterBuilderTest {

  /** One single-precision rounding of each element of B. */
  private static final double ROUNDING = 0x1p-23;

  @TempDir Path folder;

  @Test
  void namesTargetsByTheShortestEndingThatTellsThemApart() {
    List<String> all = new ArrayList<>();
    for (int layer = 0; layer < 2; layer++) {
      String prefix = "encoder.layer." + layer + ".";
      all.add(prefix + "attention.self.query");
      all.add(prefix + "attention.self.value");
      all.add(prefix + "attention.output.dense");
      all.add(prefix + "output.dense");
    }
    PeftAdapterBuilder builder = new PeftAdapterBuilder().baseModules(all);

    assertThat(targets(builder, all.get(0), all.get(4))).containsExactly("query");
    assertThat(targets(builder, all.get(0), all.get(1), all.get(4), all.get(5)))
        .containsExactly("query", "value");
    assertThat(targets(builder, all.get(2), all.get(6))).containsExactly("attention.output.dense");
    assertThat(targets(builder, all.get(2), all.get(3), all.get(6), all.get(7)))
        .containsExactly("dense");
    assertThat(targets(builder, all.get(0))).containsExactly("0.attention.self.query");
    assertThat(targets(new PeftAdapterBuilder(), all.get(0))).containsExactly(all.get(0));
  }

  @Test
  void selectsExactlyTheModulesItWasGiven() {
    List<String> all =
        List.of("a.dense", "a.output.dense", "b.dense", "b.output.dense", "dense", "x.b.dense");
    PeftAdapterBuilder builder = new PeftAdapterBuilder().baseModules(all);

    for (int subset = 1; subset < 1 << all.size(); subset++) {
      Map<String, LoraDelta> chosen = new LinkedHashMap<>();
      for (int i = 0; i < all.size(); i++) {
        if ((subset >> i & 1) == 1) {
          chosen.put(all.get(i), delta(1, 1));
        }
      }
      PeftConfig config = builder.fromDeltas(chosen).config();

      assertThat(all.stream().filter(config::selects))
          .containsExactlyInAnyOrderElementsOf(chosen.keySet());
    }
  }

  @Test
  void aModelWithoutAHeadHasNoNameBeforeItsPaths() {
    List<String> all = List.of("bert.encoder.layer.0.query", "bert.encoder.layer.0.key");
    PeftAdapterBuilder builder = new PeftAdapterBuilder().baseModules(all);
    Map<String, LoraDelta> query = Map.of(all.get(0), delta(1, 1));

    PeftAdapter bare = builder.taskType("FEATURE_EXTRACTION").fromDeltas(query);
    PeftAdapter headed = builder.taskType("SEQ_CLS").fromDeltas(query);

    assertThat(bare.modules()).containsOnlyKeys("encoder.layer.0.query");
    assertThat(bare.config().targetModules()).isEqualTo(ModuleNames.of("query"));
    assertThat(headed.modules()).containsOnlyKeys(all.get(0));
    assertThat(bare.deltas(all)).containsOnlyKeys(all.get(0));
  }

  @Test
  void anEmbeddingGetsTheFactorsOfTheTranspose() {
    LoraDelta delta = delta(3, 2);
    PeftAdapterBuilder builder = new PeftAdapterBuilder().embeddings(List.of("words"));

    PeftAdapter adapter = builder.fromDeltas(Map.of("words", delta));

    assertThat(adapter.modules().get("words"))
        .containsOnlyKeys("lora_embedding_A", "lora_embedding_B");
    assertThat(adapter.embeddings()).containsExactly("words");
    assertThatTensor(adapter.deltas().get("words").dense()).isCloseTo(delta.dense(), ROUNDING, 0);
  }

  @Test
  void putsDeviatingRanksAndAlphasIntoPatterns() {
    Map<String, AdapterExport> exports = new LinkedHashMap<>();
    exports.put("l.0.q", export(4, 8));
    exports.put("l.1.q", export(2, 8));
    exports.put("l.2.q", export(4, 16));
    exports.put("l.3.q", export(4, 8));

    PeftAdapter adapter =
        new PeftAdapterBuilder().taskType("SEQ_CLS").baseModel("base").fromExports(exports);

    PeftConfig config = adapter.config();
    assertThat(config.rank()).isEqualTo(4);
    assertThat(config.alpha()).isEqualTo(8);
    assertThat(config.rankPattern()).isEqualTo(Map.of("l.1.q", 2));
    assertThat(config.alphaPattern()).isEqualTo(Map.of("l.2.q", 16.0));
    assertThat(config.taskType()).isEqualTo("SEQ_CLS");
    assertThat(config.dropout()).isEqualTo(0.1);
    assertThat(adapter.deltas().get("l.1.q").scaling()).isEqualTo(4);
    assertThat(adapter.deltas().get("l.2.q").scaling()).isEqualTo(4);
  }

  @Test
  void refusesExportsThatOneConfigurationCannotHold() {
    AdapterExport plain = export(4, 8);
    AdapterExport stabilised = new AdapterExport(plain.tensors(), 4, 8, true, 0.1, Map.of());

    assertThatThrownBy(
            () ->
                new PeftAdapterBuilder()
                    .fromExports(new java.util.TreeMap<>(Map.of("a", plain, "b", stabilised))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("use_rslora must be equal for all modules, is false for 'a' and true for 'b'");
    assertThatThrownBy(() -> new PeftAdapterBuilder().fromExports(Map.of()))
        .hasMessage("an adapter needs at least one module");
    assertThatThrownBy(
            () ->
                new PeftAdapterBuilder()
                    .saved(List.of("head"), Map.of())
                    .fromExports(Map.of("head.dense", plain)))
        .hasMessageContaining("'head.dense' has an adapter and is among the modules to save");
  }

  @Test
  void refusesDeviationsThatCannotBeToldByName() {
    Map<String, LoraDelta> deltas = new LinkedHashMap<>();
    deltas.put("x.a", delta(2, 1));
    deltas.put("a", delta(3, 1));
    deltas.put("y.b", delta(2, 1));

    assertThatThrownBy(() -> new PeftAdapterBuilder().fromDeltas(deltas))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rank and alpha of module 'x.a' cannot be told by name");
  }

  @Test
  void writesExtraFieldsAsTheyAre() {
    AdapterExport plain = export(4, 8);
    AdapterExport extra =
        new AdapterExport(plain.tensors(), 4, 8, false, 0, Map.of("eva_config", Map.of("rho", 2)));

    PeftAdapter adapter = new PeftAdapterBuilder().fromExports(Map.of("a", extra));

    assertThat(PeftConfigFile.text(adapter.config()))
        .contains("\"eva_config\": {\n    \"rho\": 2\n  },\n  \"fan_in_fan_out\"");
  }

  @ParameterizedTest
  @CsvSource({"2, 8", "0.5, 8", "0.3, 8", "1.7, 3", "-1.25, 5", "0, 4", "0.1, 7", "1e-30, 6"})
  void keepsEveryScaling(double scaling, int rank) {
    LoraDelta delta = delta(rank, scaling);
    Path target = folder.resolve("adapter");

    PeftAdapterFolder.write(target, new PeftAdapterBuilder().fromDeltas(Map.of("m", delta)));
    LoraDelta read = PeftAdapterFolder.read(target).deltas().get("m");

    if (scaling * rank / rank == scaling) {
      assertThat(read.scaling()).isEqualTo(scaling);
      assertThatTensor(read.b()).hasSameBitsAs(delta.b());
    } else {
      assertThat(read.scaling()).isEqualTo(1);
      assertThatTensor(read.b()).isCloseTo(delta.b().mul(scaling), 0, ROUNDING);
    }
    assertThatTensor(read.a()).hasSameBitsAs(delta.a());
  }

  @ParameterizedTest
  @CsvSource({"3, 5", "5, 3", "4, 4", "1, 6"})
  void denseDeltasAreExactInFactors(int dOut, int dIn) {
    INDArray dense = Nd4j.randn(DataType.FLOAT, dOut, dIn);
    Path target = folder.resolve("adapter");

    LoraDelta exact = PeftAdapter.exactLowRank(new DenseDelta(dense));
    PeftAdapterFolder.write(target, new PeftAdapterBuilder().fromDeltas(Map.of("m", exact)));

    assertThat(exact.rank()).isEqualTo(Math.min(dOut, dIn));
    assertThatTensor(PeftAdapterFolder.read(target).deltas().get("m").dense()).hasSameBitsAs(dense);
    assertThatThrownBy(() -> PeftAdapter.exactLowRank(new DenseDelta(Nd4j.ones(3))))
        .hasMessage("only a matrix has low-rank factors, the delta has 1 dimensions");
  }

  @Test
  void findsTheModulesOfABaseWithAnotherPrefix() {
    PeftAdapter adapter =
        new PeftAdapterBuilder()
            .fromDeltas(Map.of("bert.layer.0.output.dense", delta(2, 3), "q", delta(1, 1)));

    assertThat(adapter.deltas(List.of("layer.0.output.dense", "layer.1.output.dense", "model.q")))
        .containsOnlyKeys("layer.0.output.dense", "model.q");
    assertThatThrownBy(() -> adapter.deltas(List.of("layer.1.output.dense", "q")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the adapter's module 'bert.layer.0.output.dense' is not one of the base model");
    assertThatThrownBy(() -> adapter.deltas(List.of("layer.0.output.dense", "a.q", "b.q")))
        .hasMessage("the adapter's module 'q' is any of the modules [a.q, b.q] of the base model");
  }

  private static List<String> targets(PeftAdapterBuilder builder, String... modules) {
    Map<String, LoraDelta> deltas = new LinkedHashMap<>();
    for (String module : modules) {
      deltas.put(module, delta(1, 1));
    }
    ModuleNames names = builder.fromDeltas(deltas).config().targetModules();
    assertThat(names).isNotNull();
    return names.names();
  }

  private static LoraDelta delta(int rank, double scaling) {
    return new LoraDelta(
        Nd4j.randn(DataType.FLOAT, 4, rank), Nd4j.randn(DataType.FLOAT, rank, 3), scaling);
  }

  private static AdapterExport export(int rank, double alpha) {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_A.weight", Nd4j.ones(DataType.FLOAT, rank, 3));
    tensors.put("lora_B.weight", Nd4j.ones(DataType.FLOAT, 2, rank));
    return new AdapterExport(tensors, rank, alpha, false, 0.1, Map.of());
  }
}
