@NullMarked
package dev.orthant.merge;

import org.jspecify.annotations.NullMarked;
