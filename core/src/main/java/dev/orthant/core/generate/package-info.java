/** Writing text with a model: greedy, by beam search, and by drawing. */
@NullMarked
package dev.orthant.core.generate;

import org.jspecify.annotations.NullMarked;
