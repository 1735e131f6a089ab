package dev.orthant.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.features.StatisticsFile;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What A answers to another task's features after training, by the way it was held. */
final class HeldTrainingTest {

  private static final int RANK = 4;

  /** A in single precision. */
  private static final double ROUNDING = 1e-5;

  private static final String ADAPTERS =
      """
      adapters:
        - {name: free, type: lora, rank: 4, constraint: {type: osrm}}
        - {name: frozen, type: lora, rank: 4, constraint: {type: osrm, hold: frozen}}
        - {name: projected, type: lora, rank: 4, constraint: {type: osrm, hold: projected}}
        - {name: projected-all, type: lora, rank: 4, constraint: {type: osrm, hold: {projected: 1}}}
        - {name: penalised, type: lora, rank: 4, constraint: {type: osrm, hold: {penalty: 1}}}
        - {name: mixed, type: moslora, rank: 4, constraint: {type: osrm, hold: frozen}}
      """;

  @TempDir private static Path folder = Path.of("");
  private static TinyStudy study = new TinyStudy(folder);

  @BeforeAll
  static void train() throws IOException {
    Path base = TinyModelFolder.write(folder.resolve("base"), 1);
    study =
        TinyStudy.write(folder.resolve("study"), base, TinyStudy.SMALL)
            .with("adapters:\n  - {name: lora, type: lora, rank: 4}\n", ADAPTERS)
            .with("epochs: 2,", "epochs: 5, load_best_model_at_end: false,");
    CliRun run = study.run("train");
    assertThat(run.code()).as(run.err()).isZero();
  }

  @Test
  void frozenStaysWhereItBegan() {
    // the two modules' 4 smallest eigenvalues of the other task's second moment add up to its
    // square
    assertThat(leak("frozen")).isCloseTo(start(), within(ROUNDING));
  }

  @Test
  void projectedStaysWithinWhatTheAvoidedDirectionsLeave() {
    assertThat(leak("projected-all")).isBetween(start(), 1.5 * start());
    assertThat(leak("projected")).isBetween(start(), 4 * start());
  }

  @Test
  void penalisedStaysNear() {
    assertThat(leak("penalised")).isBetween(start(), 2 * start());
  }

  @Test
  void freeDriftsTenfoldAndMore() {
    assertThat(leak("free")).isGreaterThan(10 * start());
  }

  @Test
  void mixedStaysWithinTheRowsOfTheFrozenA() {
    Map<String, LoraDelta> frozen = deltas("frozen");

    deltas("mixed")
        .forEach(
            (module, delta) -> {
              Matrix rows = Matrix.of("A", frozen.get(module).a()); // orthonormal
              Matrix mixed = Matrix.of("mixer * A", delta.a());
              Matrix within = mixed.timesTranspose(rows).times(rows);
              assertThat(mixed.plus(-1, within).norm()).isLessThan(ROUNDING * mixed.norm());
              assertThat(mixed.plus(-1, rows).norm()).isGreaterThan(0.1);
            });
  }

  /** The root of the sum of the smallest eigenvalues, which OSRM's A has at the start. */
  private static double start() {
    double sum = 0;
    for (var module : others().entrySet()) {
      FeatureStatistics features = module.getValue();
      if (module.getKey().matches(".*(query|value)")) {
        int d = features.dimension();
        double[] values =
            new EigenDecomposition(
                    MatrixUtils.createRealMatrix(
                        IntStream.range(0, d)
                            .mapToObj(
                                i ->
                                    Arrays.copyOfRange(features.secondMoment(), i * d, (i + 1) * d))
                            .toArray(double[][]::new)))
                .getRealEigenvalues();
        Arrays.sort(values);
        sum += Arrays.stream(values).limit(RANK).sum();
      }
    }
    return Math.sqrt(sum);
  }

  /** The root mean square, over the other task's tokens, of the norm of A x in all modules. */
  private static double leak(String adapter) {
    Map<String, FeatureStatistics> others = others();
    double energy = 0;
    for (var delta : deltas(adapter).entrySet()) {
      FeatureStatistics features = others.get(delta.getKey());
      int d = features.dimension();
      Matrix a = Matrix.of("A", delta.getValue().a());
      energy += a.times(new Matrix(d, d, features.secondMoment())).dot(a);
    }
    return Math.sqrt(energy);
  }

  private static Map<String, LoraDelta> deltas(String adapter) {
    return PeftAdapterFolder.read(study.output().resolve("adapters/opinion-" + adapter)).deltas();
  }

  private static Map<String, FeatureStatistics> others() {
    return StatisticsFile.read(study.output().resolve("statistics/thing.safetensors")).modules();
  }
}
