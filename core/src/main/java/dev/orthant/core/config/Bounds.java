package dev.orthant.core.config;

import org.jspecify.annotations.Nullable;

/**
 * The numbers that a key takes.
 *
 * @param least the lower bound, or null
 * @param leastExcluded whether the lower bound itself is refused
 * @param greatest the upper bound, or null
 * @param greatestExcluded whether the upper bound itself is refused
 */
record Bounds(
    @Nullable Double least,
    boolean leastExcluded,
    @Nullable Double greatest,
    boolean greatestExcluded) {

  static final Bounds NONE = new Bounds(null, false, null, false);
}
