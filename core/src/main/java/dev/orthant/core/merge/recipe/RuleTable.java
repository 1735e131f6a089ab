package dev.orthant.core.merge.recipe;

import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.merge.stream.MergePlan;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.MergerFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One rule for each different configuration of a merger. */
final class RuleTable<C extends Record> {

  private final MergerFactory<C> factory;
  private final List<DeltaTransform> before;
  private final List<DeltaTransform> after;
  private final String transforms;
  private final Map<List<C>, Integer> places = new LinkedHashMap<>();
  private final List<MergePlan.Rule> rules = new ArrayList<>();

  /**
   * @param transforms what tells the transforms from others
   */
  RuleTable(
      MergerFactory<C> factory,
      List<DeltaTransform> before,
      List<DeltaTransform> after,
      String transforms) {
    this.factory = factory;
    this.before = before;
    this.after = after;
    this.transforms = transforms;
  }

  /** The place of the rule in which each input has its configuration. */
  int place(List<? extends Record> perInput) {
    List<C> configs = new ArrayList<>();
    perInput.forEach(config -> configs.add(factory.configType().cast(config)));
    Integer place = places.get(configs);
    if (place == null) {
      place = rules.size();
      factory.createPerInput(configs); // what it refuses is refused before work starts
      StringBuilder text = new StringBuilder(transforms);
      configs.forEach(config -> text.append(' ').append(new ConfigEncoder().toNode(config)));
      rules.add(
          new MergePlan.Rule(
              factory.name(),
              text.toString(),
              factory.traits(configs.get(0)),
              () -> factory.createPerInput(configs),
              before,
              after));
      places.put(configs, place);
    }
    return place;
  }

  List<MergePlan.Rule> rules() {
    return rules;
  }
}
