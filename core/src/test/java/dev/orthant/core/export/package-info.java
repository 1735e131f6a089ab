@NullMarked
package dev.orthant.core.export;

import org.jspecify.annotations.NullMarked;
