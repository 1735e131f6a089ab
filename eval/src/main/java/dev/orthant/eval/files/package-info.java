/**
 * Tasks from the user's own files: tab-separated, CSV, JSON lines and Parquet, and the layouts of
 * GLUE.
 */
@NullMarked
package dev.orthant.eval.files;

import org.jspecify.annotations.NullMarked;
