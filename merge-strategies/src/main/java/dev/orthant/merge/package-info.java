/**
 * The merging rules that come with Orthant. A rule is a {@code *Factory} with its {@code *Config};
 * everything else is internal.
 */
@NullMarked
package dev.orthant.merge;

import org.jspecify.annotations.NullMarked;
