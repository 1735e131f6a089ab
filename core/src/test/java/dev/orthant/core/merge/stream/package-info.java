@NullMarked
package dev.orthant.core.merge.stream;

import org.jspecify.annotations.NullMarked;
