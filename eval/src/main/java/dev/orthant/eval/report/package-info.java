/** One self-contained HTML page about a finished study or suite. */
@NullMarked
package dev.orthant.eval.report;

import org.jspecify.annotations.NullMarked;
