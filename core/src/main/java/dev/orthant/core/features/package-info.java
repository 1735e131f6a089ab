/** Collects statistics of the features that a model feeds its linear layers, and keeps them. */
@NullMarked
package dev.orthant.core.features;

import org.jspecify.annotations.NullMarked;
