package dev.orthant.eval.study;

import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.train.LearningCurve;
import dev.orthant.core.train.TrainingListener;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Keeps what an adapter was when it was evaluated first, for forecasts. */
final class EarlyAdapter implements TrainingListener {

  private final Path training;
  private final Path folder;
  private final Consumer<Path> adapter;

  /**
   * @param training the folder of the training, with its log
   * @param folder where the adapter goes
   * @param adapter writes it into an empty folder
   */
  EarlyAdapter(Path training, Path folder, Consumer<Path> adapter) {
    this.training = training;
    this.folder = folder;
    this.adapter = adapter;
  }

  @Override
  public void onEvaluation(EvaluationReport report) {
    if (LearningCurve.read(training).scores().size() == 1) { // a resumed training may be further
      AtomicFolder.write(folder, true, adapter::accept);
    }
  }
}
