package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.config.ConfigurationException;
import dev.orthant.core.config.Problem;
import dev.orthant.core.merge.ConfiguredMerge;
import dev.orthant.core.merge.recipe.Recipe.Segment;
import dev.orthant.core.merge.recipe.Recipe.Source;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Need;
import dev.orthant.core.spi.MergerTraits.Space;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns our own form into a recipe and the table of its rules. */
final class PlainReader {

  private final MergeConfig config;
  private final ConfigDecoder decoder = new ConfigDecoder();
  private final List<Problem> problems;

  PlainReader(MergeConfig config, List<Problem> problems) {
    this.config = config;
    this.problems = problems;
  }

  /** A recipe with the table of its rules. */
  record Read(PlainRecipe recipe, RuleTable<?> rules) {}

  /** Adds what is wrong; nothing is read then. */
  @Nullable Read read(Catalog catalog, Map<String, InputData> data) {
    try {
      ConfiguredMerge components = new ConfiguredMerge(catalog, decoder);
      List<DeltaTransform> before = components.transforms(config.merger().before());
      List<DeltaTransform> after = components.transforms(config.merger().after());
      return read(catalog.merger(config.merger().type()), before, after, data);
    } catch (ConfigurationException e) {
      e.problems().forEach(problem -> problems.add(problem.under("merger")));
    } catch (RuntimeException e) { // an unknown plug-in, or what a component refuses
      problems.add(new Problem("merger", String.valueOf(e.getMessage())));
    }
    return null;
  }

  private <C extends Record> @Nullable Read read(
      MergerFactory<C> factory,
      List<DeltaTransform> before,
      List<DeltaTransform> after,
      Map<String, InputData> data) {
    Map<String, C> configs = new LinkedHashMap<>();
    Map<String, Double> weights = new LinkedHashMap<>();
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < config.models().size(); i++) {
      InputSpec input = config.models().get(i);
      String path = "models[" + i + "]";
      ObjectNode settings = config.merger().settings().deepCopy();
      settings.setAll(input.settings());
      try {
        configs.put(
            input.label(), decoder.decode(settings, factory.configType(), factory.defaults()));
      } catch (ConfigurationException e) {
        String at = input.settings().isEmpty() ? "merger" : path;
        e.problems().stream()
            .map(problem -> problem.under(at))
            .filter(problem -> !problems.contains(problem))
            .forEach(problems::add);
      }
      weights.put(input.label(), input.weight());
      sources.add(new Source(path, input.label(), input.path(), null));
    }
    C first = configs.isEmpty() ? factory.defaults() : configs.values().iterator().next();
    needs(factory.traits(first), data);
    if (!problems.isEmpty()) {
      return null;
    }
    ObjectNode written = new ConfigEncoder().toNode(config.merger());
    String transforms = written.path("before") + " " + written.path("after");
    PlainRecipe recipe =
        new PlainRecipe(
            new Segment("", sources, config.base()),
            configs,
            weights,
            data,
            config.dtype() == null ? null : DtypeNames.of(config.dtype()).orElseThrow(),
            tokenizer(),
            config.seed());
    return new Read(recipe, new RuleTable<>(factory, before, after, transforms));
  }

  private TokenizerSpec tokenizer() {
    String chosen = config.tokenizer();
    return chosen == null ? TokenizerSpec.SAME : TokenizerSpec.of(chosen);
  }

  private void needs(MergerTraits traits, Map<String, InputData> data) {
    String merger = config.merger().type();
    int count = config.models().size();
    if (count < traits.minInputs() || count > traits.maxInputs()) {
      refuse(
          "models",
          "'%s' takes %d%s inputs, were %d"
              .formatted(
                  merger,
                  traits.minInputs(),
                  traits.maxInputs() == traits.minInputs()
                      ? ""
                      : traits.maxInputs() == Integer.MAX_VALUE
                          ? " or more"
                          : " to " + traits.maxInputs(),
                  count));
    }
    for (int i = 0; i < count && !traits.weighted(); i++) {
      if (config.models().get(i).weight() != 1) {
        refuse("models[" + i + "].weight", "is not for '" + merger + "', which takes no weights");
      }
    }
    if (config.merger().space() != Space.FULL) {
      refuse("merger.space", "is for adapters; models are merged in the space 'full'");
    }
    boolean relative =
        traits.needs().contains(Need.TASK_VECTORS) || traits.needs().contains(Need.BASE);
    if (relative && config.base() == null) {
      refuse("base", "is required: '%s' works on differences from it".formatted(merger));
    }
    if (traits.needs().contains(Need.GRAM)) {
      for (int i = 0; i < count; i++) {
        if (of(i, data).statistics().isEmpty()) {
          refuse("models[" + i + "].statistics", "is required by '" + merger + "'");
        }
      }
    }
    if (traits.needs().contains(Need.FISHER) || traits.needs().contains(Need.FISHER_BATCH_SUM)) {
      for (int i = 0; i < count; i++) {
        if (of(i, data).fisher().isEmpty()) {
          refuse("models[" + i + "].fisher", "is required by '" + merger + "'");
        }
      }
    }
    for (Need need : List.of(Need.FACTORS, Need.UNLABELLED_DATA, Need.TASK_ID)) {
      if (traits.needs().contains(need)) {
        refuse(
            "merger.type",
            switch (need) {
              case FACTORS -> "works on the factors of adapters, and the inputs are models";
              case UNLABELLED_DATA ->
                  "needs unlabelled data, which a merge of folders does not have";
              default -> "gives a result that depends on the task at hand and is not one model";
            });
      }
    }
  }

  private InputData of(int input, Map<String, InputData> data) {
    return data.getOrDefault(config.models().get(input).label(), InputData.NONE);
  }

  private void refuse(String path, String message) {
    problems.add(new Problem(path, message));
  }
}
