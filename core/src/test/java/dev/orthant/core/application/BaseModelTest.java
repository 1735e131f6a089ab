package dev.orthant.core.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.testing.TinyModelFolder;
import dev.orthant.core.wiring.Orthant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BaseModelTest {

  /** What documentation promises: rounding of sums that are split otherwise. */
  private static final double ROUNDING = 1e-5;

  @TempDir static Path folder;

  private static final List<String> TEXTS =
      List.of(
          "A short text.",
          "Another one, which is quite a bit longer than the one before it.",
          "",
          "Questions?",
          "The quick brown fox jumps over the lazy dog, and the dog does not mind at all.");

  private Orthant orthant;
  private BaseModel base;

  @BeforeAll
  static void write() {
    TinyModelFolder.write(folder.resolve("tiny"), 1);
  }

  @BeforeEach
  void open() {
    orthant = Orthant.builder().threads(2).build();
    base = orthant.open(folder.resolve("tiny"));
  }

  @AfterEach
  void close() {
    orthant.close();
  }

  @Test
  void aTextsVectorDoesNotDependOnTheTextsBesideIt() {
    float[][] together = base.encoder().embed(TEXTS);

    for (int i = 0; i < TEXTS.size(); i++) {
      assertThat(together[i]).containsExactly(base.encoder().embed(TEXTS.get(i)), within(1e-5f));
      assertThat(length(together[i])).isCloseTo(1, within(1e-6));
    }
    assertThat(base.encoder().embed(List.of())).isEmpty();
    assertThat(base.encoder().dimension()).isEqualTo(TinyModelFolder.HIDDEN);
  }

  @Test
  void manyTextsAreEmbeddedInSeveralBatchesOfBoundedSize() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      many.add(TEXTS.get(i % TEXTS.size()));
    }

    float[][] vectors = base.encoder().embed(many);

    for (int i = 0; i < many.size(); i++) {
      assertThat(vectors[i]).containsExactly(vectors[i % TEXTS.size()], within(1e-5f));
    }
  }

  @Test
  void aTextThatIsTooLongIsCutAsTokenizersDo() {
    TextEncoder encoder = base.encoder().maxLength(8);

    float[] cut = encoder.embed("one two three four five six seven eight nine");

    assertThat(cut).containsExactly(encoder.embed("one two three four five six"), within(1e-6f));
    assertThat(base.encoder().embed("word ".repeat(1000))).hasSize(TinyModelFolder.HIDDEN);
    assertThatThrownBy(() -> base.encoder().maxLength(65))
        .hasMessageContaining("max_length must be in [4, 64]")
        .hasMessageContaining("was 65");
  }

  @Test
  void poolingAndLengthOfVectorsCanBeChosen() {
    float[] mean = base.encoder().normalized(false).embed(TEXTS.get(0));
    float[] first = base.encoder().with(Pooling.FIRST).normalized(false).embed(TEXTS.get(0));

    assertThat(length(mean)).isNotCloseTo(1, within(1e-3));
    assertThat(first).isNotEqualTo(mean);
  }

  @Test
  void requestsWithDifferentAdaptersAreAnsweredAsIfAlone() {
    TextClassifier tone =
        base.classifier(RandomTask.adapter(base, "tone", 7, "kind", "rude", "dull"));
    TextClassifier spam = base.classifier(RandomTask.adapter(base, "spam", 8, "ham", "spam"));
    TextClassifier bare =
        base.classifier(RandomTask.adapter(base, "bare", 9, "a", "b"), Adaptation.none());
    List<TextClassifier> classifiers = List.of(tone, spam, bare);
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 200; i++) { // more than one batch
      requests.add(Request.of(classifiers.get(i * 7 % 3), TEXTS.get(i % TEXTS.size())));
    }

    List<Prediction> answers = base.predict(requests);

    for (int i = 0; i < requests.size(); i++) {
      Request request = requests.get(i);
      assertSame(answers.get(i), request.classifier().predict(request.input().first()));
    }
  }

  @Test
  void aBlendIsTheWeightedSumOfItsAdapters() {
    TaskAdapter tone = RandomTask.adapter(base, "tone", 7, "kind", "rude");
    TaskAdapter spam = RandomTask.adapter(base, "spam", 8, "ham", "spam");

    Adaptation blend = Adaptation.blend(List.of(tone.adaptation(), spam.adaptation()), 0.7, 0.4);

    Map<String, Delta> expected = new LinkedHashMap<>();
    tone.adaptation()
        .deltas()
        .forEach(
            (module, delta) -> {
              var sum = delta.times(0.7).dense();
              sum.addi(spam.adaptation().deltas().get(module).times(0.4).dense());
              expected.put(module, new DenseDelta(sum));
            });
    assertSame(
        base.classifier(tone, blend).predict(TEXTS.get(1)),
        base.classifier(tone, Adaptation.of(expected)).predict(TEXTS.get(1)));
  }

  @Test
  void theSameModelMergedAnswersTheSame() {
    TaskAdapter tone = RandomTask.adapter(base, "tone", 7, "kind", "rude");

    try (BaseModel merged = base.merged(tone.adaptation())) {
      assertSame(
          merged.classifier(tone, Adaptation.none()).predict(TEXTS.get(1)),
          base.classifier(tone).predict(TEXTS.get(1)));
    }
  }

  @Test
  void concurrentCallersGetWhatTheyWouldGetAlone() throws Exception {
    List<TextClassifier> classifiers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      classifiers.add(base.classifier(RandomTask.adapter(base, "task-" + i, i, "a", "b", "c")));
    }
    List<List<Prediction>> expected =
        classifiers.stream().map(classifier -> classifier.predict(TEXTS)).toList();
    ExecutorService callers = Executors.newFixedThreadPool(8);

    List<Future<List<Prediction>>> answers = new ArrayList<>();
    for (int i = 0; i < 160; i++) {
      TextClassifier classifier = classifiers.get(i % 4);
      answers.add(callers.submit(() -> classifier.predict(TEXTS)));
    }

    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).get()).isEqualTo(expected.get(i % 4)); // bit by bit
    }
    callers.shutdown();
  }

  @Test
  void anAdapterCanBeSwappedWhileRequestsRun() throws Exception {
    TaskAdapter before = RandomTask.adapter(base, "tone", 1, "kind", "rude");
    TaskAdapter after = RandomTask.adapter(base, "tone", 2, "kind", "rude");
    TextClassifier[] current = {base.classifier(before)};
    Prediction old = current[0].predict(TEXTS.get(1));
    ExecutorService callers = Executors.newFixedThreadPool(2);

    List<Future<Prediction>> running = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      TextClassifier then = current[0];
      running.add(callers.submit(() -> then.predict(TEXTS.get(1))));
    }
    for (Future<Prediction> answer : running) {
      assertThat(answer.get()).isEqualTo(old);
    }
    TextClassifier stale = current[0];
    current[0] = base.classifier(after);
    before.close();

    assertThat(current[0].predict(TEXTS.get(1))).isNotEqualTo(old);
    assertThatThrownBy(() -> stale.predict("too late"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the adapter of task 'tone' is closed");
    callers.shutdown();
  }

  @Test
  void aClosedModelRefusesRequests() {
    TextEncoder encoder = base.encoder();
    BaseModel merged =
        base.merged(RandomTask.adapter(base, "tone", 1, "kind", "rude").adaptation());

    base.close();
    base.close();

    assertThatThrownBy(() -> encoder.embed("too late"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("tiny is closed");
    assertThatThrownBy(() -> merged.encoder().embed("too late")).hasMessageContaining("is closed");
  }

  @Test
  void aRequestToAnotherModelsClassifierIsRefused() {
    BaseModel other = orthant.open(folder.resolve("tiny"));
    TextClassifier foreign = other.classifier(RandomTask.adapter(other, "tone", 1, "a", "b"));

    assertThatThrownBy(() -> base.predict(List.of(Request.of(foreign, "whose?"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is for a classifier of the model");
  }

  private static void assertSame(Prediction actual, Prediction expected) {
    assertThat(actual.probabilities().keySet()).isEqualTo(expected.probabilities().keySet());
    expected
        .probabilities()
        .forEach(
            (label, probability) ->
                assertThat(actual.probabilities().get(label))
                    .isCloseTo(probability, within(ROUNDING)));
  }

  private static double length(float[] vector) {
    double square = 0;
    for (float v : vector) {
      square += (double) v * v;
    }
    return Math.sqrt(square);
  }
}
