package dev.orthant.core.nn;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.text.Batch;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class PairPoolHeadTest {

  private static final int HIDDEN = 3;

  /** Steps small enough not to cross a kink of |u - v|, in single precision. */
  private static final float STEP = 1e-2f;

  private static final double TOLERANCE = 1e-3;

  private final Pass pass = new Pass(new PortableKernels(), AdapterSet.none());

  /** Two pairs: tokens 0-1 | 2 and 3 | 4-6. */
  private final Batch batch =
      new Batch(new int[7], new int[] {0, 0, 1, 0, 1, 1, 1}, new int[] {0, 3, 7});

  @Test
  void featuresAreBothMeansAndTheirDistance() {
    INDArray hidden =
        Nd4j.createFromArray(
            new float[][] {
              {1, 2, 3}, {3, 4, 5}, {0, 5, 4}, {1, 1, 1}, {3, 0, 0}, {0, 3, 0}, {0, 0, 3}
            });

    INDArray features = head().features(pass, hidden, batch);

    // u = (2, 3, 4), v = (0, 5, 4); u = (1, 1, 1), v = (1, 1, 1)
    assertThatTensor(features)
        .isCloseTo(
            Nd4j.createFromArray(
                new float[][] {{2, 3, 4, 0, 5, 4, 2, 2, 0}, {1, 1, 1, 1, 1, 1, 0, 0, 0}}),
            1e-6,
            0);
  }

  @Test
  void gradientOfTheHiddenStatesEqualsFiniteDifferences() {
    PairPoolHead head = head();
    INDArray hidden = random(4, 7, HIDDEN);
    INDArray dLogits = random(5, 2, 2);
    INDArray dHidden = Nd4j.create(DataType.FLOAT, 7, HIDDEN);

    head.forward(pass, hidden, batch);
    head.backward(pass, batch, dLogits, dHidden);

    for (int i = 0; i < 7; i++) {
      for (int j = 0; j < HIDDEN; j++) {
        float value = hidden.getFloat(i, j);
        hidden.putScalar(i, j, value + STEP);
        double above = loss(head, hidden, dLogits);
        hidden.putScalar(i, j, value - STEP);
        double below = loss(head, hidden, dLogits);
        hidden.putScalar(i, j, value);
        assertThat(dHidden.getDouble(i, j))
            .isCloseTo((above - below) / (2 * STEP), within(TOLERANCE));
      }
    }
  }

  @Test
  void gradientOfTheWeightIsThatOfALinearLayer() {
    PairPoolHead head = head();
    INDArray hidden = random(4, 7, HIDDEN);
    INDArray dLogits = random(5, 2, 2);

    INDArray features = head.features(pass, hidden, batch).dup();
    head.forward(pass, hidden, batch);
    head.backward(pass, batch, dLogits, null);

    assertThatTensor(head.parameters().get(0).gradient())
        .isCloseTo(dLogits.transpose().mmul(features), 1e-5, 1e-5);
    assertThatTensor(head.parameters().get(1).gradient()).isCloseTo(dLogits.sum(0), 1e-5, 1e-5);
  }

  @Test
  void aSingleTextIsRefused() {
    Batch single = new Batch(new int[3], new int[3], new int[] {0, 3});

    assertThatThrownBy(() -> head().features(pass, random(1, 3, HIDDEN), single))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sequence 0 of the batch is not a pair of texts, which a pair-pool head needs");
  }

  @Test
  void aWeightOfAnotherHeadIsRefused() {
    assertThatThrownBy(() -> new PairPoolHead(random(1, 2, 8), Nd4j.zeros(DataType.FLOAT, 2)))
        .hasMessageContaining("three times the hidden size as columns, was 8");
  }

  private double loss(PairPoolHead head, INDArray hidden, INDArray dLogits) {
    return head.forward(pass, hidden, batch).mul(dLogits).sumNumber().doubleValue();
  }

  private static PairPoolHead head() {
    return new PairPoolHead(random(2, 2, 3 * HIDDEN), random(3, 2));
  }

  private static INDArray random(long seed, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    INDArray array = Nd4j.create(DataType.FLOAT, shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, (float) random.nextDouble(-1, 1));
    }
    return array;
  }
}
