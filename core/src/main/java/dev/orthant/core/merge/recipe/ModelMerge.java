package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigurationException;
import dev.orthant.core.config.Problem;
import dev.orthant.core.merge.stream.MergePlan;
import dev.orthant.core.merge.stream.MergeSettings;
import dev.orthant.core.merge.stream.SourceModel;
import dev.orthant.core.plugin.Catalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A merge of models that can be carried out: its configuration is right, its models are there and
 * fit one another.
 *
 * @param plan what is done
 * @param reference the model whose names and types the result has
 * @param config the contents of the result's {@code config.json}
 * @param tokenizer the folder that the tokenizer's files are copied from
 * @param tokenizerFiles those of them that are different, by name
 */
public record ModelMerge(
    MergePlan plan,
    SourceModel reference,
    ObjectNode config,
    Path tokenizer,
    Map<String, String> tokenizerFiles) {

  /** The name of the rule; {@code copy} if nothing is merged. */
  public String merger() {
    return plan.rules().isEmpty() ? "copy" : plan.rules().get(0).merger();
  }

  /** Whether a file is one of mergekit's. */
  public static boolean isMergekit(JsonNode root) {
    return root.has(MergekitReader.METHOD);
  }

  /**
   * Prepares what a file of mergekit's asks for.
   *
   * @param source the file's name, for messages
   * @param models opens the models; they have to stay open until the merge is over
   * @param settings what the merge may use; a tensor that does not fit is refused
   * @throws ConfigurationException with everything that is wrong
   */
  public static ModelMerge ofMergekit(
      JsonNode root,
      String source,
      Models models,
      Catalog catalog,
      MergeSettings settings,
      long seed) {
    List<Problem> problems = new ArrayList<>();
    MergekitRecipe recipe =
        new MergekitReader(catalog, problems)
            .read(root, seed, new ConfigDecoder())
            .orElseThrow(() -> new ConfigurationException(source, problems));
    Preparation preparation =
        new Preparation(
            recipe,
            new RuleTable<>(recipe.settings().factory(), List.of(), List.of(), ""),
            models,
            problems,
            recipe.told());
    return preparation.merge(source, settings);
  }

  /**
   * Prepares what a file in our own form asks for.
   *
   * @param data of the inputs, by their names; empty for rules that need none
   * @throws ConfigurationException with everything that is wrong
   */
  public static ModelMerge of(
      MergeConfig config,
      String source,
      Models models,
      Catalog catalog,
      MergeSettings settings,
      Map<String, InputData> data) {
    List<Problem> problems = new ArrayList<>();
    PlainReader.Read read = new PlainReader(config, problems).read(catalog, data);
    if (read == null) {
      throw new ConfigurationException(source, problems);
    }
    ModelMerge merge =
        new Preparation(read.recipe(), read.rules(), models, problems, new LinkedHashSet<>())
            .merge(source, settings);
    List<Path> files = data.values().stream().flatMap(d -> d.files().stream()).toList();
    return new ModelMerge(
        merge.plan().reading(files),
        merge.reference(),
        merge.config(),
        merge.tokenizer(),
        merge.tokenizerFiles());
  }

  private record Preparation(
      Recipe recipe, RuleTable<?> rules, Models models, List<Problem> problems, Set<Problem> told) {

    ModelMerge merge(String source, MergeSettings settings) {
      PlanBuilder builder = new PlanBuilder(recipe, rules, models, problems);
      MergePlan plan = MergePlan.empty(recipe.seed());
      try {
        plan = builder.build();
      } catch (IllegalArgumentException e) { // what a rule refuses of its configuration
        problems.add(new Problem("", String.valueOf(e.getMessage())));
      }
      problems.addAll(told);
      SourceModel reference = builder.reference();
      if (reference != null) {
        ModelChecks checks = new ModelChecks(reference, recipe.tokenizer(), problems);
        checks.checkReference();
        for (Recipe.Segment segment : recipe.segments()) {
          segment
              .sources()
              .forEach(s -> builder.opened(s.model()).ifPresent(m -> checks.check(s.path(), m)));
        }
      }
      plan.tooLarge(settings).forEach(text -> problems.add(new Problem("memory", text)));
      Path tokenizer = tokenizer(reference);
      if (!problems.isEmpty() || reference == null) {
        throw new ConfigurationException(source, problems);
      }
      Optional<TokenAlignment.Aligned> aligned = builder.alignment();
      return new ModelMerge(
          plan,
          reference,
          config(builder, reference),
          tokenizer,
          aligned.map(a -> tokenizerFiles(a.vocabulary(), tokenizer)).orElse(Map.of()));
    }

    private static Map<String, String> tokenizerFiles(MergedVocabulary vocabulary, Path folder) {
      if (!vocabulary.isExtended()) {
        return Map.of();
      }
      Map<String, String> files = new LinkedHashMap<>();
      files.put("tokenizer.json", MergeNote.text(vocabulary.tokenizer()));
      Path config = folder.resolve("tokenizer_config.json");
      if (Files.isRegularFile(config)) {
        files.put(
            "tokenizer_config.json",
            MergeNote.text(vocabulary.configuration(Vocabulary.json(config))));
      }
      return files;
    }

    private Path tokenizer(@Nullable SourceModel reference) {
      String other = recipe.tokenizer().model(); // whose files are copied
      if (other != null) {
        try {
          return models.get(other).checkpoint().folder();
        } catch (RuntimeException e) {
          problems.add(new Problem("tokenizer_source", String.valueOf(e.getMessage())));
        }
      }
      return reference == null ? Path.of("") : reference.checkpoint().folder();
    }

    private ObjectNode config(PlanBuilder builder, SourceModel reference) {
      ObjectNode config = reference.checkpoint().config();
      Dtype dtype = recipe.dtype();
      if (dtype != null) {
        config.put(config.has("dtype") ? "dtype" : "torch_dtype", DtypeNames.name(dtype));
      }
      builder.alignment().ifPresent(aligned -> config.put("vocab_size", aligned.rows()));
      if (!builder.isWhole()) {
        LayerNames.countKeys(config).forEach(key -> config.put(key, builder.layerCount()));
      }
      return config;
    }
  }
}
