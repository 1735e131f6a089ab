@NullMarked
package dev.orthant.cli;

import org.jspecify.annotations.NullMarked;
