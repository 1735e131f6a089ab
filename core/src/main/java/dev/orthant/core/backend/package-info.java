/** Which native library ND4J computes with, and whether this machine can run it. */
@NullMarked
package dev.orthant.core.backend;

import org.jspecify.annotations.NullMarked;
