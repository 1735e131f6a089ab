/** Labelled text: tasks made from packages on the class path and from the user's own files. */
@NullMarked
package dev.orthant.eval.tasks;

import org.jspecify.annotations.NullMarked;
