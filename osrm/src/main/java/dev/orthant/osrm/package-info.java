/** OSRM: orthogonal subspaces for robust model merging. */
@NullMarked
package dev.orthant.osrm;

import org.jspecify.annotations.NullMarked;
