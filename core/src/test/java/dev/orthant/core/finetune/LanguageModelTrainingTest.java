package dev.orthant.core.finetune;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.generate.TextModel;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.NextTokenModel;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.TinyT5;
import dev.orthant.core.text.LetterTokenizer;
import dev.orthant.core.text.PromptTokens;
import dev.orthant.core.text.Prompted;
import dev.orthant.core.text.TokenRows;
import dev.orthant.core.train.Schedule;
import dev.orthant.core.train.Trainer;
import dev.orthant.core.train.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training a language model by the tokens of its targets. */
final class LanguageModelTrainingTest {

  /** Sums of float gradients in another order, through six steps of AdamW. */
  private static final double ROUNDING = 2e-4;

  /** Texts of different lengths, so that batches have different numbers of labels. */
  private static final List<Prompted> ROWS =
      List.of(
          new Prompted("abc", "cba"),
          new Prompted("bd", "d"),
          new Prompted("efg", "gfedcba"),
          new Prompted("ab", "b"));

  private final WorkerPool pool = new WorkerPool(1);
  private final Kernels kernels = new CpuKernels(pool);
  private final TinyT5 tiny = new TinyT5("gated");

  @TempDir Path folder;

  @AfterEach
  void closePool() {
    pool.close();
  }

  private static TokenRows rows() {
    return new PromptTokens(new LetterTokenizer(16, false), LetterTokenizer.END, false, false)
        .encoderDecoder(ROWS, 0);
  }

  private AdapterSet trained(String name, int epochs, int batchSize, int accumulation) {
    AdapterSet adapters = tiny.adapters(module -> module.contains("decoder"));
    try (Pass pass = new Pass(kernels, adapters)) {
      new Trainer(kernels, config(epochs, batchSize, accumulation), 1, List.of(), () -> false)
          .train(
              new LanguageModelTraining(new NextTokenModel(tiny.model()), adapters, pass),
              rows(),
              null,
              folder.resolve(name),
              into -> {},
              false);
    }
    return adapters;
  }

  private static TrainingConfig config(int epochs, int batchSize, int accumulation) {
    TrainingConfig d = TrainingConfig.defaults();
    return new TrainingConfig(
        epochs,
        0,
        batchSize,
        accumulation,
        0.01,
        Schedule.CONSTANT,
        0,
        0,
        0,
        d.beta1(),
        d.beta2(),
        1e-3, // so that a gradient near zero does not make a step of its sign
        0,
        false,
        0,
        0,
        1,
        false,
        0,
        0,
        d.precision(),
        false,
        null);
  }

  @Test
  void accumulationWeighsLabelsAndNotRows() {
    AdapterSet whole = trained("whole", 3, 4, 1);
    AdapterSet accumulated = trained("accumulated", 3, 1, 4);

    for (int i = 0; i < whole.parameters().size(); i++) {
      assertThatTensor(accumulated.parameters().get(i).value())
          .isCloseTo(whole.parameters().get(i).value(), ROUNDING, ROUNDING);
    }
  }

  @Test
  void whatIsTrainedBecomesMoreProbable() {
    NextTokenModel model = new NextTokenModel(tiny.model());
    AdapterSet fresh = tiny.adapters(module -> module.contains("decoder"));

    AdapterSet trained = trained("longer", 60, 4, 1);

    double before = TextModel.loss(model, fresh, kernels, rows(), 3);
    double after = TextModel.loss(model, trained, kernels, rows(), 3);
    assertThat(after).isLessThan(0.5 * before);
  }
}
