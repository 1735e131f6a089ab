/** The results of a study: what is kept of them, and how they are written, read and shown. */
@NullMarked
package dev.orthant.eval.results;

import org.jspecify.annotations.NullMarked;
