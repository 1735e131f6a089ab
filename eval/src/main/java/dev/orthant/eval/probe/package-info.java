/** What a linear model reads from frozen features: the least that an adapter has to beat. */
@NullMarked
package dev.orthant.eval.probe;

import org.jspecify.annotations.NullMarked;
