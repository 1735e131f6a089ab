@NullMarked
package dev.orthant.core.lowrank;

import org.jspecify.annotations.NullMarked;
