/** A study from one configuration file: statistics, training, merging and evaluation. */
@NullMarked
package dev.orthant.eval.study;

import org.jspecify.annotations.NullMarked;
