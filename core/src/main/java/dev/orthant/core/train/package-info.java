/** Training loops, optimisers, schedules and their checkpoints. */
@NullMarked
package dev.orthant.core.train;

import org.jspecify.annotations.NullMarked;
