/** The numerical operations of training and inference, each with its gradient. */
@NullMarked
package dev.orthant.core.kernel;

import org.jspecify.annotations.NullMarked;
