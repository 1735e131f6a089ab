package dev.orthant.docs.examples;

import dev.orthant.core.train.TrainingListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

// region listener
/** Keeps the losses for a chart, and the best score. */
final class LossHistory implements TrainingListener {

  private final List<Double> losses = Collections.synchronizedList(new ArrayList<>());
  private volatile double best = Double.NaN;

  @Override
  public void onStep(StepReport report) {
    losses.add(report.loss());
  }

  @Override
  public void onEvaluation(EvaluationReport report) {
    if (report.best()) {
      best = report.value();
    }
  }

  List<Double> losses() {
    return List.copyOf(losses);
  }

  double best() {
    return best;
  }
}
// endregion
