/** Scores of predictions, differences of two scores, and predictors to compare with. */
@NullMarked
package dev.orthant.eval.metrics;

import org.jspecify.annotations.NullMarked;
