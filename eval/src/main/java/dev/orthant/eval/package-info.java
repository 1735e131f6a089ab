@NullMarked
package dev.orthant.eval;

import org.jspecify.annotations.NullMarked;
