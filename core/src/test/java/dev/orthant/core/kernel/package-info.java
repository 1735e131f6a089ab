/** Tests of the operations. */
@NullMarked
package dev.orthant.core.kernel;

import org.jspecify.annotations.NullMarked;
