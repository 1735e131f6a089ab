package dev.orthant.core.lowrank;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.testing.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class JointSpaceTest {

  /** Deltas of order one come back through factors that are rounded to single precision. */
  private static final double SINGLE = 1e-5;

  static Stream<List<LoraDelta>> adapters() {
    return Stream.of(
        List.of(lora(1, 9, 7, 2), lora(2, 9, 7, 3)),
        List.of(lora(1, 20, 30, 4), lora(2, 20, 30, 4), lora(3, 20, 30, 4)),
        List.of(lora(1, 5, 30, 4), lora(2, 5, 30, 4)), // more directions than outputs
        List.of(lora(1, 9, 7, 2), lora(1, 9, 7, 2)), // the same twice
        List.of(lora(1, 9, 7, 2)),
        List.of(lora(1, 9, 7, 2).times(0), lora(2, 9, 7, 2).times(0)));
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void coordinatesGiveTheDeltasBack(List<LoraDelta> deltas) {
    for (JointSpace space : List.of(JointSpace.core(deltas), JointSpace.knots(deltas))) {
      for (int i = 0; i < deltas.size(); i++) {
        Delta back = space.delta(space.coordinates().get(i));

        assertThat(back).isInstanceOf(LoraDelta.class);
        assertThatTensor(back.dense()).isCloseTo(deltas.get(i).dense(), SINGLE, SINGLE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void innerProductsAreThoseOfTheDeltas(List<LoraDelta> deltas) {
    for (JointSpace space : List.of(JointSpace.core(deltas), JointSpace.knots(deltas))) {
      for (int i = 0; i < deltas.size(); i++) {
        for (int j = 0; j < deltas.size(); j++) {
          double inner = space.coordinates().get(i).dot(space.coordinates().get(j));

          assertThat(inner).isCloseTo(LowRank.inner(deltas.get(i), deltas.get(j)), within(1e-9));
        }
      }
    }
  }

  @Test
  void theSameDirectionsAreTakenOnce() {
    JointSpace space = JointSpace.core(List.of(lora(1, 9, 7, 2), lora(1, 9, 7, 2)));

    assertThat(space.coordinates().get(0).rows()).isEqualTo(2);
    assertThat(space.coordinates().get(0).columns()).isEqualTo(2);
  }

  @Test
  void knotsEqualsFusionBench() {
    Golden golden =
        Golden.load(JointSpaceTest.class, "/reference/knots/fusionbench_knots_alignment.json");
    List<Delta> deltas = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      deltas.add(new DenseDelta(golden.tensor("inputs", "tv" + i)));
    }

    JointSpace space = JointSpace.knots(deltas);

    // row r of all coordinates together has the length of singular value r
    Matrix rows = Matrix.beside(space.coordinates());
    float[] values = golden.tensor("outputs", "singular_values").toFloatVector();
    assertThat(rows.rows()).isEqualTo(values.length);
    for (int r = 0; r < values.length; r++) {
      assertThat(rows.rows(r, r + 1).norm()).isCloseTo(values[r], within(SINGLE));
    }
    for (int i = 0; i < 3; i++) {
      assertThatTensor(space.delta(space.coordinates().get(i)).dense())
          .isCloseTo(golden.tensor("outputs", "recon" + i), SINGLE, SINGLE);
    }
  }

  private static LoraDelta lora(long seed, int out, int in, int rank) {
    Random random = new Random(seed);
    return new LoraDelta(matrix(random, out, rank), matrix(random, rank, in), 1.5);
  }

  private static INDArray matrix(Random random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.createFromArray(values).reshape('c', rows, columns);
  }
}
