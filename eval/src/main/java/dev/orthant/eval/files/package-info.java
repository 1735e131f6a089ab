/** Tasks from the user's own files: tab-separated (as GLUE has them), CSV and JSON lines. */
@NullMarked
package dev.orthant.eval.files;

import org.jspecify.annotations.NullMarked;
