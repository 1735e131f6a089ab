package dev.orthant.cli;

import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.Component;
import dev.orthant.core.spi.DeltaTransformFactory;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.text.TaskFactory;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a component says of itself beyond its configuration, with that at its defaults. */
final class PluginFacts {

  private static final String LAWS = "laws";
  private static final String NEEDS = "needs";
  private static final String NONE = "none";

  private PluginFacts() {}

  /** Facts by their labels, in order. */
  static Map<String, String> of(Component<?> component) {
    Map<String, String> facts = new LinkedHashMap<>();
    if (component instanceof AdapterFactory<?> adapter) {
      facts.put("constraint", adapter.refusesBasis().map(why -> "none: " + why).orElse("any"));
      facts.put(LAWS, words(adapter.laws()));
    } else if (component instanceof SubspaceConstraintFactory<?> constraint) {
      facts.put(NEEDS, constraintNeeds(constraint));
      facts.put(LAWS, words(constraint.laws()));
    } else if (component instanceof MergerFactory<?> merger) {
      addTraits(traits(merger), facts);
      facts.put(LAWS, words(merger.laws()));
    } else if (component instanceof DeltaTransformFactory<?> transform) {
      facts.put(NEEDS, needsStatistics(transform) ? "statistics" : NONE);
    } else if (component instanceof TaskFactory<?> task) {
      facts.put("metric", metric(task));
    }
    return facts;
  }

  private static void addTraits(MergerTraits traits, Map<String, String> facts) {
    facts.put(NEEDS, words(traits.needs()));
    facts.put("sees", words(List.of(traits.granularity())));
    facts.put("spaces", words(traits.spaces()));
    facts.put("inputs", inputs(traits.minInputs(), traits.maxInputs()));
    facts.put("weights", traits.weighted() ? "heeded" : "refused");
  }

  private static String inputs(int least, int most) {
    if (most == Integer.MAX_VALUE) {
      return "at least " + least;
    }
    return least == most ? String.valueOf(least) : least + " to " + most;
  }

  private static <C extends Record> MergerTraits traits(MergerFactory<C> factory) {
    return factory.traits(factory.defaults());
  }

  private static <C extends Record> String constraintNeeds(SubspaceConstraintFactory<C> factory) {
    return words(factory.create(factory.defaults()).needs());
  }

  private static <C extends Record> boolean needsStatistics(DeltaTransformFactory<C> factory) {
    return factory.create(factory.defaults()).needsStatistics();
  }

  private static <C extends Record> String metric(TaskFactory<C> factory) {
    return factory.metric(factory.defaults()).orElse("the usual one of its kind");
  }

  private static String words(Collection<? extends Enum<?>> constants) {
    return constants.isEmpty()
        ? NONE
        : constants.stream()
            .sorted((a, b) -> Integer.compare(a.ordinal(), b.ordinal()))
            .map(c -> c.name().toLowerCase(Locale.ROOT).replace('_', ' '))
            .collect(Collectors.joining(", "));
  }
}
