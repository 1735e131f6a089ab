package dev.orthant.docs.examples;

import dev.orthant.core.application.BaseModel;
import dev.orthant.core.application.FineTuning;
import dev.orthant.core.application.LabelledText;
import dev.orthant.core.application.Prediction;
import dev.orthant.core.application.TaskAdapter;
import dev.orthant.core.application.TextClassifier;
import dev.orthant.core.wiring.Orthant;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

// region service
/** Sorts support tickets, and learns to from those that people have sorted. */
final class TicketSorter implements AutoCloseable {

  private final Orthant orthant = Orthant.create();
  private final BaseModel base;
  private volatile @Nullable TextClassifier current;

  TicketSorter(Path model) {
    this.base = orthant.open(model);
  }

  /** Goes on from an adapter that was trained before. */
  void load(Path folder) {
    current = base.classifier(base.adapter(folder));
  }

  /** Trains an adapter, while tickets are still sorted by the one before. */
  void learn(List<LabelledText> sorted, List<LabelledText> validation, Path folder) {
    FineTuning tuning =
        FineTuning.of("lora", "{rank: 8, alpha: 16}")
            .training("{epochs: 6, batch_size: 8, learning_rate: 3e-3}");
    TaskAdapter adapter =
        base.fineTune(tuning, LabelledText.task("tickets", sorted, validation), folder);
    current = base.classifier(adapter);
  }

  /** From any thread. */
  Prediction sort(String ticket) {
    TextClassifier classifier = current;
    if (classifier == null) {
      throw new IllegalStateException("the sorter has not learned anything yet");
    }
    return classifier.predict(ticket);
  }

  @Override
  public void close() {
    orthant.close();
  }
}
// endregion
