/** From labelled text to packed batches of token ids. */
@NullMarked
package dev.orthant.core.text;

import org.jspecify.annotations.NullMarked;
