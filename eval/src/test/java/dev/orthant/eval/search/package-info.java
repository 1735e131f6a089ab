@NullMarked
package dev.orthant.eval.search;

import org.jspecify.annotations.NullMarked;
