/** Tests of writing text. */
@NullMarked
package dev.orthant.core.generate;

import org.jspecify.annotations.NullMarked;
