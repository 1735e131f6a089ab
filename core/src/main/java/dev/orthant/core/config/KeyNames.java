package dev.orthant.core.config;

import java.util.Locale;

/** How Java's names are written in configuration files. */
final class KeyNames {

  private KeyNames() {}

  /** The key of a record component: {@code targetModules} is {@code target_modules}. */
  static String key(String component) {
    return separated(component, '_');
  }

  /** The word for a type: {@code InitOnly} is {@code init-only}. */
  static String word(Class<?> type) {
    return separated(type.getSimpleName(), '-');
  }

  /** The word for a constant: {@code INIT_ONLY} is {@code init-only}. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String separated(String camelCase, char separator) {
    StringBuilder text = new StringBuilder();
    for (char c : camelCase.toCharArray()) {
      if (Character.isUpperCase(c) && !text.isEmpty()) {
        text.append(separator);
      }
      text.append(Character.toLowerCase(c));
    }
    return text.toString();
  }
}
