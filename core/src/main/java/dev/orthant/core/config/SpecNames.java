package dev.orthant.core.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names that a user gives; they become parts of folder names. */
final class SpecNames {

  private SpecNames() {}

  static void check(String name) {
    if (!name.matches("[a-z0-9][a-z0-9-]*")) {
      throw new IllegalArgumentException("name must be [a-z0-9][a-z0-9-]*, was '" + name + "'");
    }
  }

  static void checkUnique(String list, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new IllegalArgumentException(
            list + " must have different names, two are '" + name + "'");
      }
    }
  }
}
