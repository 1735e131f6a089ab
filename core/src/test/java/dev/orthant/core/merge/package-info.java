@NullMarked
package dev.orthant.core.merge;

import org.jspecify.annotations.NullMarked;
