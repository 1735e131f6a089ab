/** Looking for the best settings in few trials. */
@NullMarked
package dev.orthant.eval.search;

import org.jspecify.annotations.NullMarked;
