@NullMarked
package dev.orthant.core.family;

import org.jspecify.annotations.NullMarked;
