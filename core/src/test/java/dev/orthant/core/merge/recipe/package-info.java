@NullMarked
package dev.orthant.core.merge.recipe;

import org.jspecify.annotations.NullMarked;
