/**
 * Runs a {@link dev.orthant.core.spi.Merger} over adapters or over whole checkpoints, one tensor at
 * a time, and folds adapters into their base.
 */
@NullMarked
package dev.orthant.core.merge;

import org.jspecify.annotations.NullMarked;
