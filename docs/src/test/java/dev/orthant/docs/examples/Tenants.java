package dev.orthant.docs.examples;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.application.BaseModel;
import dev.orthant.core.application.Prediction;
import dev.orthant.core.application.Request;
import dev.orthant.core.application.TextClassifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

// region tenants
/** One base model in memory, and an adapter for each tenant. */
final class Tenants {

  /** Somebody's text. */
  record Question(String tenant, String text) {}

  private final BaseModel base;
  private final Map<String, TextClassifier> classifiers = new ConcurrentHashMap<>();

  Tenants(BaseModel base) {
    this.base = base;
  }

  /** Attaches a tenant's adapter, or swaps it: requests that run keep the one they began with. */
  void attach(String tenant, Path folder) {
    classifiers.put(tenant, base.classifier(base.adapter(folder)));
  }

  /** Detaches it; its memory is freed when no request uses it any more. */
  void detach(String tenant) {
    classifiers.remove(tenant);
  }

  /** Answers one batch of all tenants' questions, each as if it were alone. */
  List<Prediction> answer(List<Question> questions) {
    return base.predict(
        questions.stream()
            .map(question -> Request.of(of(question.tenant()), question.text()))
            .toList());
  }

  private TextClassifier of(String tenant) {
    return requireNonNull(classifiers.get(tenant), tenant);
  }
}
// endregion
