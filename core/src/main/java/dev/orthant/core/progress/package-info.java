/** What long work tells whoever started it, and how it is asked to stop. */
@NullMarked
package dev.orthant.core.progress;

import org.jspecify.annotations.NullMarked;
