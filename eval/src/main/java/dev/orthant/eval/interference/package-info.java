/** How much the adapter of one task changes what another task's features become. */
@NullMarked
package dev.orthant.eval.interference;

import org.jspecify.annotations.NullMarked;
