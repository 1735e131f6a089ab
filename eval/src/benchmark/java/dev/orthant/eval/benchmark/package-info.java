/** How fast Orthant is, beside libtorch in the same run; {@code docs/performance.md} explains. */
@NullMarked
package dev.orthant.eval.benchmark;

import org.jspecify.annotations.NullMarked;
