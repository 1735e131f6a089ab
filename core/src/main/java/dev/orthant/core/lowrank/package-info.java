/** Exact algebra on weight deltas. Depends on nothing else of Orthant. */
@NullMarked
package dev.orthant.core.lowrank;

import org.jspecify.annotations.NullMarked;
