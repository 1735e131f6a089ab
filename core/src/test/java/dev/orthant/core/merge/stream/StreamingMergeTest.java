package dev.orthant.core.merge.stream;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.progress.InterruptedWorkException;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Granularity;
import dev.orthant.core.spi.MergerTraits.Space;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class StreamingMergeTest {

  private static final MergeSettings SMALL_SHARDS = new MergeSettings(2, 1L << 30, 1000);
  private static final MergeSettings ONE_FILE = new MergeSettings(2, 1L << 30, 1L << 40);

  /** The error of a share of a million elements that is counted on at least an eighth of them. */
  private static final double SAMPLED = 0.005;

  @TempDir private Path folder = Path.of("");
  private final List<HuggingFaceCheckpoint> open = new ArrayList<>();
  private final List<SourceModel> models = new ArrayList<>();

  @BeforeEach
  void writeModels() {
    for (int i = 0; i < 3; i++) {
      open.add(TinyCheckpoints.write(folder.resolve("m" + i), i, Dtype.F32));
      models.add(SourceModel.of("m" + i, open.get(i)));
    }
  }

  @AfterEach
  void close() {
    open.forEach(HuggingFaceCheckpoint::close);
  }

  @ParameterizedTest
  @EnumSource(
      value = Granularity.class,
      names = {"ELEMENT", "MATRIX"})
  void tensorsAreBaseAndMergedDeltas(Granularity granularity) {
    Path out = folder.resolve("out");

    List<TensorSummary> summaries =
        merge(SMALL_SHARDS).run(plan(granularity, Dtype.F32, models), out, false, none());

    try (HuggingFaceCheckpoint merged = HuggingFaceCheckpoint.open(out)) {
      assertThat(merged.files()).hasSizeGreaterThan(1);
      TinyCheckpoints.SHAPES.forEach(
          (name, shape) ->
              assertThatTensor(merged.read(name)).hasSameBitsAs(expected(name, shape)));
      assertThat(merged.fileOf("layer.count").readLongs("layer.count")).containsExactly(3, 4);
    }
    assertThat(summaries).hasSize(TinyCheckpoints.SHAPES.size());
    assertThat(summaries)
        .allSatisfy(
            summary ->
                assertThat(summary.signConflicts())
                    .as(summary.tensor())
                    .isCloseTo(
                        conflicts(summary.tensor()),
                        within(summary.elements() <= Chunks.LENGTH ? 0 : SAMPLED)));
    assertThat(hidden()).isEmpty();
  }

  @Test
  void otherElementTypesAreRoundedToEven() {
    Path out = folder.resolve("half");
    Path again = folder.resolve("again");

    merge(ONE_FILE).run(plan(Granularity.ELEMENT, Dtype.BF16, models), out, false, none());
    try (HuggingFaceCheckpoint merged = HuggingFaceCheckpoint.open(out)) {
      MergePlan copy =
          new MergePlan(
              List.of(
                  new MergePlan.Output(
                      "layer.weight",
                      Dtype.F32,
                      new long[] {7, 5},
                      new MergePlan.Copy(
                          new MergePlan.Part(SourceModel.of("x", merged), "layer.weight")))),
              List.of(),
              0);
      merge(ONE_FILE).run(copy, again, false, none());
    }

    try (HuggingFaceCheckpoint merged = HuggingFaceCheckpoint.open(again)) {
      float[] values = expected("layer.weight", new long[] {7, 5}).ravel().toFloatVector();
      float[] read = merged.read("layer.weight").ravel().toFloatVector();
      for (int i = 0; i < values.length; i++) {
        int bits = Float.floatToRawIntBits(values[i]);
        int rounded = bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000;
        assertThat(read[i]).isEqualTo(Float.intBitsToFloat(rounded));
      }
    }
  }

  @Test
  void adaptersAreFoldedInAsTheModelIsRead() {
    LoraDelta delta =
        new LoraDelta(
            Nd4j.linspace(1, 14, 14).reshape(7, 2).castTo(DataType.FLOAT),
            Nd4j.linspace(1, 10, 10).reshape(2, 5).castTo(DataType.FLOAT),
            0.5);
    SourceModel adapted = SourceModel.of("adapted", open.get(0), Map.of("layer", delta));
    Path out = folder.resolve("out");
    MergePlan.Output output =
        new MergePlan.Output(
            "layer.weight",
            Dtype.F32,
            new long[] {7, 5},
            new MergePlan.Copy(new MergePlan.Part(adapted, "layer.weight")));

    merge(ONE_FILE).run(new MergePlan(List.of(output), List.of(), 0), out, false, none());

    try (HuggingFaceCheckpoint merged = HuggingFaceCheckpoint.open(out)) {
      INDArray expected =
          Nd4j.create(TinyCheckpoints.values("layer.weight", 0), new long[] {7, 5}, 'c')
              .add(delta.dense());
      assertThatTensor(merged.read("layer.weight")).isCloseTo(expected, 1e-5, 0);
    }
  }

  @Test
  void anInterruptedMergeGoesOnToTheSameBits() throws IOException {
    MergePlan plan = plan(Granularity.ELEMENT, Dtype.F32, models);
    Path whole = folder.resolve("whole");
    Path stopped = folder.resolve("stopped");
    merge(SMALL_SHARDS).run(plan, whole, false, none());
    Interruption interruption = new Interruption();
    Progress stop =
        (name, total, unit) -> {
          interruption.request();
          return Progress.none().start(name, total, unit);
        };

    assertThatThrownBy(
            () ->
                new StreamingMerge(SMALL_SHARDS, stop, interruption)
                    .run(plan, stopped, false, none()))
        .isInstanceOf(InterruptedWorkException.class);
    assertThat(stopped).doesNotExist();
    merge(SMALL_SHARDS).run(plan, stopped, false, none());

    assertSameFiles(stopped, whole);
    assertThat(hidden()).isEmpty();
  }

  @Test
  void aPlanWithOtherStatisticsIsAnotherPlan() throws IOException {
    Path statistics = Files.writeString(folder.resolve("statistics.safetensors"), "one");
    MergePlan plan = plan(Granularity.MATRIX, Dtype.F32, models).reading(List.of(statistics));

    String before = PlanDigest.of(plan, 1000);
    String same = PlanDigest.of(plan, 1000);
    Files.writeString(statistics, "another");

    assertThat(same).isEqualTo(before);
    assertThat(PlanDigest.of(plan, 1000)).isNotEqualTo(before);
  }

  @Test
  void whatWasSpoiledAfterAnInterruptionIsMadeAgain() throws IOException {
    MergePlan plan = plan(Granularity.ELEMENT, Dtype.F32, models);
    Path whole = folder.resolve("whole");
    merge(ONE_FILE).run(plan, whole, false, none());
    Path out = folder.resolve("out");
    StreamingMerge.SideFiles failing =
        (model, summaries) -> {
          Path weights = model.resolve("model.safetensors");
          byte[] bytes = Files.readAllBytes(weights);
          bytes[bytes.length - 100] ^= 1;
          Files.write(weights, bytes);
          throw new IOException("no space left");
        };

    assertThatThrownBy(() -> merge(ONE_FILE).run(plan, out, false, failing))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("no space left");
    merge(ONE_FILE).run(plan, out, false, none());

    assertSameFiles(out, whole);
  }

  @Test
  void anInputThatIsNotFiniteIsNamed() {
    SourceModel broken =
        SourceModel.of(
            "broken",
            open.get(0),
            Map.of("layer", new DenseDelta(Nd4j.create(7, 5).assign(Float.NaN))));
    List<SourceModel> inputs = List.of(models.get(0), broken, models.get(2));

    assertThatThrownBy(
            () ->
                merge(ONE_FILE)
                    .run(
                        plan(Granularity.MATRIX, Dtype.F32, inputs),
                        folder.resolve("out"),
                        false,
                        none()))
        .hasMessageContaining("'layer.weight'")
        .hasMessageContaining("'broken'");
  }

  /** {@code base + (second - base) + 2 (third - base)}. */
  private static MergePlan plan(Granularity granularity, Dtype dtype, List<SourceModel> models) {
    Merger merger =
        tensor -> {
          INDArray sum = tensor.delta(0).dense();
          return new DenseDelta(sum.addi(tensor.delta(1).dense().muli(tensor.weight(1))));
        };
    MergePlan.Rule rule =
        new MergePlan.Rule(
            "sum",
            "{}",
            new MergerTraits(granularity, Set.of(), Set.of(Space.FULL), 2, 2, false),
            () -> merger,
            List.of(),
            List.of());
    List<MergePlan.Output> outputs = new ArrayList<>();
    TinyCheckpoints.SHAPES.forEach(
        (name, shape) ->
            outputs.add(
                new MergePlan.Output(
                    name,
                    dtype,
                    shape,
                    new MergePlan.Merge(
                        0,
                        List.of(
                            new MergePlan.Input(
                                models.get(1).name(), 1, new MergePlan.Part(models.get(1), name)),
                            new MergePlan.Input(
                                models.get(2).name(), 2, new MergePlan.Part(models.get(2), name))),
                        new MergePlan.Part(models.get(0), name)))));
    outputs.add(
        new MergePlan.Output(
            "layer.count",
            Dtype.I64,
            new long[] {2},
            new MergePlan.Copy(new MergePlan.Part(models.get(0), "layer.count"))));
    return new MergePlan(outputs, List.of(rule), 1);
  }

  /** The share of elements at which second - base and third - base have opposite signs. */
  private static double conflicts(String name) {
    float[] base = TinyCheckpoints.values(name, 0);
    float[] second = TinyCheckpoints.values(name, 1);
    float[] third = TinyCheckpoints.values(name, 2);
    int conflicts = 0;
    for (int i = 0; i < base.length; i++) {
      if ((second[i] - base[i]) * (third[i] - base[i]) < 0) {
        conflicts++;
      }
    }
    return (double) conflicts / base.length;
  }

  private static INDArray expected(String name, long[] shape) {
    float[] base = TinyCheckpoints.values(name, 0);
    float[] second = TinyCheckpoints.values(name, 1);
    float[] third = TinyCheckpoints.values(name, 2);
    float[] sum = new float[base.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = base[i] + (second[i] - base[i] + 2 * (third[i] - base[i]));
    }
    return shape.length == 0 ? Nd4j.scalar(sum[0]) : Nd4j.create(sum, shape, 'c');
  }

  private static StreamingMerge merge(MergeSettings settings) {
    return new StreamingMerge(settings, Progress.none(), new Interruption());
  }

  private static StreamingMerge.SideFiles none() {
    return (model, summaries) -> Files.writeString(model.resolve("config.json"), "{}");
  }

  private List<String> hidden() {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith("."))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertSameFiles(Path actual, Path expected) throws IOException {
    try (Stream<Path> files = Files.list(expected)) {
      for (Path file : files.toList()) {
        assertThat(actual.resolve(file.getFileName())).hasSameBinaryContentAs(file);
      }
    }
  }
}
