package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.config.Problem;
import dev.orthant.core.merge.stream.SourceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Looks at what is told of models outside of their tensors. */
final class ModelChecks {

  private final SourceModel reference;
  private final TokenizerSpec tokenizer;
  private final List<Problem> problems;

  ModelChecks(SourceModel reference, TokenizerSpec tokenizer, List<Problem> problems) {
    this.reference = reference;
    this.tokenizer = tokenizer;
    this.problems = problems;
  }

  /** Adds what is wrong with the reference itself. */
  void checkReference() {
    notQuantised("base_model", reference);
  }

  /** Adds what keeps a model from being merged with the reference. */
  void check(String path, SourceModel model) {
    if (model.checkpoint() == reference.checkpoint()) {
      return;
    }
    notQuantised(path, model);
    same(path, model, "model_type");
    if (tokenizer.source() == TokenizerSpec.Source.SAME) {
      same(path, model, "vocab_size");
      tokens(path, model);
    }
  }

  private void notQuantised(String path, SourceModel model) {
    JsonNode quantised = model.checkpoint().config().path("quantization_config");
    if (!quantised.isMissingNode() && !quantised.isNull()) {
      problems.add(
          new Problem(
              path,
              "%s is quantised (%s); merge the model it was quantised from"
                  .formatted(
                      model.name(), quantised.path("quant_method").asText("quantization_config"))));
    }
  }

  private void same(String path, SourceModel model, String key) {
    JsonNode own = model.checkpoint().config().path(key);
    JsonNode expected = reference.checkpoint().config().path(key);
    if (!own.isMissingNode() && !expected.isMissingNode() && !own.equals(expected)) {
      problems.add(
          new Problem(
              path,
              "%s has %s %s, %s has %s"
                  .formatted(
                      model.name(), key, own.asText(), reference.name(), expected.asText())));
    }
  }

  private void tokens(String path, SourceModel model) {
    Path own = model.checkpoint().folder().resolve("tokenizer.json");
    Path expected = reference.checkpoint().folder().resolve("tokenizer.json");
    if (!Files.isRegularFile(own) || !Files.isRegularFile(expected)) {
      return;
    }
    try {
      if (Files.mismatch(own, expected) < 0) {
        return;
      }
      differing(Vocabulary.read(own).ids(), Vocabulary.read(expected).ids())
          .ifPresent(
              difference ->
                  problems.add(
                      new Problem(
                          path,
                          "%s has another vocabulary than %s: %s; say tokenizer_source: union, or base, or the model whose tokens the result is to have"
                              .formatted(model.name(), reference.name(), difference))));
    } catch (IOException e) {
      throw new CheckpointException(own, "cannot be compared with " + expected, e);
    }
  }

  private static Optional<String> differing(Map<String, Integer> own, Map<String, Integer> other) {
    Map<String, Integer> all = new TreeMap<>(own);
    all.putAll(other);
    for (String token : all.keySet()) {
      Integer here = own.get(token);
      Integer there = other.get(token);
      if (here == null || !here.equals(there)) {
        return Optional.of(
            "token '%s' is %s and %s"
                .formatted(token, here == null ? "none" : here, there == null ? "none" : there));
      }
    }
    return Optional.empty();
  }
}
