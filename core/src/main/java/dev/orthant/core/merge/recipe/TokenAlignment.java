package dev.orthant.core.merge.recipe;

import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.config.Problem;
import dev.orthant.core.merge.stream.SourceModel;
import dev.orthant.core.merge.stream.TokenRows;
import dev.orthant.core.merge.stream.TokenRows.Donor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings models with different vocabularies to one, so that rows of embeddings are merged that
 * stand for the same token. A token that a model lacks has in it the row of the one model that
 * knows it, or the base's, or the mean of those that do, as in mergekit. Rows without a token,
 * which pad embeddings, stay where they are.
 */
final class TokenAlignment {

  private static final String FILE = "tokenizer.json";

  private final TokenizerSpec spec;
  private final @Nullable String base;
  private final Map<String, SourceModel> models; // by reference
  private final List<Problem> problems;
  private final Map<String, Vocabulary> vocabularies = new LinkedHashMap<>();

  /**
   * @param base the reference of the base, if there is one
   * @param models by reference, the one that the result's form is from first
   */
  TokenAlignment(
      TokenizerSpec spec,
      @Nullable String base,
      Map<String, SourceModel> models,
      List<Problem> problems) {
    this.spec = spec;
    this.base = base;
    this.models = models;
    this.problems = problems;
  }

  /**
   * The models in one vocabulary.
   *
   * @param models by reference
   */
  record Aligned(MergedVocabulary vocabulary, int rows, Map<String, SourceModel> models) {}

  /** The models in one vocabulary; empty if they have one, or if there are problems. */
  Optional<Aligned> align() {
    if (spec.source() == TokenizerSpec.Source.SAME || !read()) {
      return Optional.empty();
    }
    String first = models.keySet().iterator().next();
    String owner = spec.model() == null ? first : spec.model();
    Vocabulary own = vocabularies.get(owner);
    if (own == null) {
      problems.add(
          new Problem("tokenizer_source", "'%s' is no model of the merge".formatted(owner)));
      return Optional.empty();
    }
    MergedVocabulary merged = new MergedVocabulary(own);
    if (spec.source() == TokenizerSpec.Source.UNION) {
      vocabularies.values().forEach(merged::addAll);
    }
    spec.tokens().keySet().forEach(merged::add);
    if (!rowsExist()) {
      return Optional.empty();
    }
    int most = Math.max(merged.rows(), rowCount(owner));
    int rows = (most + spec.padTo() - 1) / spec.padTo() * spec.padTo();
    if (areSame(merged, rows)) {
      return Optional.empty();
    }
    Map<String, SourceModel> aligned = new LinkedHashMap<>();
    models.forEach(
        (reference, model) ->
            aligned.put(reference, model.withRows(rows(reference, merged, rows))));
    return Optional.of(new Aligned(merged, rows, aligned));
  }

  /** Reads all vocabularies; models without one have the first model's. False if none has one. */
  private boolean read() {
    Map<String, Vocabulary> found = new LinkedHashMap<>();
    models.forEach(
        (reference, model) -> {
          Path file = model.checkpoint().folder().resolve(FILE);
          if (Files.isRegularFile(file)) {
            found.put(reference, Vocabulary.read(file));
          }
        });
    if (!found.isEmpty()) {
      Vocabulary first = found.values().iterator().next();
      models.keySet().forEach(m -> vocabularies.put(m, found.getOrDefault(m, first)));
    }
    return !found.isEmpty();
  }

  /** Whether the rows that single tokens are to have are there. */
  private boolean rowsExist() {
    boolean exist = true;
    for (Map.Entry<String, TokenizerSpec.Row> entry : spec.tokens().entrySet()) {
      TokenizerSpec.Row row = entry.getValue();
      if (row.model() != null && rowOf(row.model(), entry.getKey(), row) < 0) {
        problems.add(
            new Problem(
                "tokenizer.tokens." + entry.getKey(),
                models.containsKey(row.model())
                    ? "%s has no such row".formatted(row.model())
                    : "'%s' is no model of the merge".formatted(row.model())));
        exist = false;
      }
    }
    return exist;
  }

  private int rowOf(String reference, String token, TokenizerSpec.Row row) {
    if (!models.containsKey(reference)) {
      return -1;
    }
    Integer id = row.id();
    if (id != null) {
      return id >= 0 && id < rowCount(reference) ? id : -1;
    }
    return rowOf(reference, row.token() == null ? token : row.token());
  }

  /** The row of a token in a model, -1 without one. */
  private int rowOf(String reference, String token) {
    Integer id = vocabularies.get(reference).ids().get(token);
    return id == null || id >= rowCount(reference) ? -1 : id;
  }

  private int rowCount(String reference) {
    return models.get(reference).checkpoint().names().stream()
        .filter(TiedWeights::isEmbedding)
        .mapToInt(name -> (int) models.get(reference).checkpoint().info(name).shape()[0])
        .findFirst()
        .orElse(0);
  }

  private boolean areSame(MergedVocabulary merged, int rows) {
    return spec.tokens().isEmpty()
        && models.keySet().stream()
            .allMatch(m -> rowCount(m) == rows && vocabularies.get(m).ids().equals(merged.ids()));
  }

  /** What a model's tensors with a row for each token are read as. */
  private Map<String, TokenRows> rows(String reference, MergedVocabulary merged, int rows) {
    Map<String, TokenRows> found = new LinkedHashMap<>();
    for (String tensor : models.get(reference).checkpoint().names()) {
      TensorInfo info = models.get(reference).checkpoint().info(tensor);
      boolean ofTokens = TiedWeights.isOfTokens(tensor) && info.shape().length > 0;
      if (ofTokens && info.shape()[0] == rowCount(reference)) {
        found.put(tensor, rows(reference, tensor, merged, rows));
      }
    }
    return found;
  }

  private TokenRows rows(String reference, String tensor, MergedVocabulary merged, int rows) {
    int[] own = new int[rows];
    Arrays.fill(own, -1);
    List<List<Donor>> donors = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      donors.add(List.of());
    }
    Set<Integer> named = new LinkedHashSet<>();
    merged
        .ids()
        .forEach(
            (token, id) -> {
              named.add(id);
              TokenizerSpec.Row asked = spec.tokens().get(token);
              own[id] = asked != null && asked.force() ? -1 : rowOf(reference, token);
              if (own[id] < 0) {
                donors.set(id, donors(tensor, token, asked));
              }
            });
    for (int id = 0; id < rows; id++) {
      if (!named.contains(id) && id < rowCount(reference)) {
        own[id] = id;
      }
    }
    return new TokenRows(own, donors);
  }

  private List<Donor> donors(String tensor, String token, TokenizerSpec.@Nullable Row asked) {
    if (asked != null) {
      return asked.model() == null
          ? List.of()
          : List.of(donor(asked.model(), tensor, rowOf(asked.model(), token, asked)));
    }
    List<Donor> knowing = new ArrayList<>();
    for (String reference : models.keySet()) {
      int row = rowOf(reference, token);
      if (row >= 0 && models.get(reference).checkpoint().names().contains(tensor)) {
        Donor donor = donor(reference, tensor, row);
        if (reference.equals(base)) {
          return List.of(donor);
        }
        knowing.add(donor);
      }
    }
    return knowing;
  }

  private Donor donor(String reference, String tensor, int row) {
    return new Donor(models.get(reference), tensor, row);
  }
}
