@NullMarked
package dev.orthant.core.train;

import org.jspecify.annotations.NullMarked;
