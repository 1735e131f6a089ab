/** Tests of the encoder and the heads. */
@NullMarked
package dev.orthant.core.nn;

import org.jspecify.annotations.NullMarked;
