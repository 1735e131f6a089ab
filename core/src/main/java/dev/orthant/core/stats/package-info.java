/** Statistics of the features that a model feeds its linear layers. */
@NullMarked
package dev.orthant.core.stats;

import org.jspecify.annotations.NullMarked;
