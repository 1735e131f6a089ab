package dev.orthant.docs.examples;

import dev.orthant.core.application.Adaptation;
import dev.orthant.core.application.BaseModel;
import dev.orthant.core.application.Prediction;
import dev.orthant.core.application.TaskAdapter;
import dev.orthant.core.export.ExportFormat;
import java.nio.file.Path;
import java.util.List;

/** Adapters put together at run time. */
final class OnDemand {

  private OnDemand() {}

  static Prediction blended(BaseModel base, TaskAdapter tickets, TaskAdapter tone, String text) {
    // region blend
    try (Adaptation blend =
        Adaptation.blend(List.of(tickets.adaptation(), tone.adaptation()), 0.8, 0.2)) {
      return base.classifier(tickets, blend).predict(text);
    }
    // endregion
  }

  static List<Prediction> merged(
      BaseModel base, TaskAdapter tickets, TaskAdapter tone, String text) {
    // region merge
    try (Adaptation merged =
            base.merge("ties", "{density: 0.5, lambda: 1.0}", List.of(tickets, tone));
        BaseModel fast = base.merged(merged)) {
      return List.of(
          fast.classifier(tickets, Adaptation.none()).predict(text),
          fast.classifier(tone, Adaptation.none()).predict(text));
    }
    // endregion
  }

  static void export(BaseModel base, TaskAdapter tickets, Path folder) {
    // region export
    base.export(ExportFormat.ONNX, base.classifier(tickets), folder.resolve("onnx"), false);
    base.export(ExportFormat.SAFETENSORS, tickets.adaptation(), folder.resolve("model"), false);
    // endregion
  }
}
