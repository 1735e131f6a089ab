package dev.orthant.core.nn;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Heads that choose among answers, or label tokens. */
final class OtherHeadsTest {

  /** Central differences of a loss in single precision. */
  private static final double STEP = 1e-2;

  private static final double DIFFERENCES = 2e-4;

  private final WorkerPool pool = new WorkerPool(1);
  private final TinyBert tiny = new TinyBert();
  private final Transformer encoder = tiny.encoder();
  private final AdapterSet adapters = tiny.adapters(module -> module.contains("query"), 0);
  private final Pass pass = new Pass(new CpuKernels(pool), adapters);

  @AfterEach
  void close() {
    pass.close();
    pool.close();
  }

  @Test
  void answersOfAnExampleCompete() {
    Head scorer = encoder.heads().fresh(1, false, new SplittableRandom(3));
    scorer.parameters().get(0).value().muli(20);
    SequenceClassifier classifier =
        new SequenceClassifier(encoder, new MultipleChoiceHead(scorer, 2));
    Batch batch = batch(3, 5, 2, 4);

    INDArray logits = classifier.logits(pass, batch).dup('c');
    INDArray scores = new SequenceClassifier(encoder, scorer).logits(pass, batch);

    assertThat(logits.shape()).containsExactly(2, 2);
    assertThatTensor(logits.reshape('c', 4, 1)).hasSameBitsAs(scores);
    assertGradients(classifier, batch, new float[] {1, 0});
  }

  @Test
  void tokensAreLabelledOneByOne() {
    SequenceClassifier classifier =
        new SequenceClassifier(encoder, TokenHead.fresh(8, 3, new SplittableRandom(4)));
    classifier.head().parameters().get(0).value().muli(20);
    Batch batch = batch(3, 1);

    assertThat(classifier.logits(pass, batch).shape()).containsExactly(4, 3);
    assertGradients(classifier, batch, new float[] {0, 2, 1, 2});
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Head two = encoder.heads().fresh(2, false, new SplittableRandom(3));
    Head one = encoder.heads().fresh(1, false, new SplittableRandom(3));

    assertThatThrownBy(() -> new MultipleChoiceHead(two, 2))
        .hasMessage("answers are scored by one output, the head 'cls-pooler' has 2");
    assertThatThrownBy(() -> new MultipleChoiceHead(one, 1))
        .hasMessage("choices must be at least 2, was 1");
    SequenceClassifier classifier = new SequenceClassifier(encoder, new MultipleChoiceHead(one, 2));
    assertThatThrownBy(() -> classifier.logits(pass, batch(1, 2, 3)))
        .hasMessage("3 sequences are no examples of 2 answers each");
    assertThatThrownBy(() -> encoder.heads().of("token", Map.of()))
        .hasMessageContaining("needs a tensor 'weight'");
  }

  /** Of one element of each parameter, of the head and of an adapter. */
  private void assertGradients(SequenceClassifier classifier, Batch batch, float[] labels) {
    pass.training(true, 1);
    DoubleSupplier loss = () -> classifier.lossAndGradients(pass, batch, labels, 1f);
    loss.getAsDouble();
    List<Parameter> all = new ArrayList<>(classifier.head().parameters());
    all.addAll(adapters.parameters());
    for (Parameter p : all) {
      double gradient = p.gradient().getDouble(0);
      float value = p.value().getFloat(0);
      p.value().putScalar(0, value + STEP);
      double more = loss.getAsDouble();
      p.value().putScalar(0, value - STEP);
      double less = loss.getAsDouble();
      p.value().putScalar(0, value);
      all.forEach(q -> q.gradient().assign(0));
      loss.getAsDouble();
      assertThat(gradient).as(p.name()).isCloseTo((more - less) / (2 * STEP), within(DIFFERENCES));
    }
  }

  private static Batch batch(int... lengths) {
    SplittableRandom random = new SplittableRandom(5);
    return Batch.of(
        Arrays.stream(lengths)
            .mapToObj(n -> new Encoded(random.ints(n, 0, 20).toArray(), new int[n]))
            .toList());
  }
}
