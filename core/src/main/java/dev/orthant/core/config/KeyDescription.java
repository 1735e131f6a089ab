package dev.orthant.core.config;

import java.util.List;

/**
 * One key of a component's configuration, as its record has it.
 *
 * @param key the key; with dots inside of mappings
 * @param type what it takes
 * @param otherwise its value where the key is absent, as JSON
 * @param meaning what it is for, as the record's Javadoc says; empty if that is not in its jar
 * @param rules what the record's constructor requires beyond the type, in its own words
 */
public record KeyDescription(
    String key, String type, String otherwise, String meaning, List<String> rules) {

  /** Copies the list. */
  public KeyDescription {
    rules = List.copyOf(rules);
  }

  /** The keys of a configuration, in order, with its values as the defaults. */
  public static List<KeyDescription> of(Record defaults) {
    return new KeyDescriber().describe(defaults, "");
  }
}
