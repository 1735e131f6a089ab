/** Transformer encoders with adapters: layers with explicit forward and backward passes. */
@NullMarked
package dev.orthant.core.nn;

import org.jspecify.annotations.NullMarked;
