@NullMarked
package dev.orthant.osrm;

import org.jspecify.annotations.NullMarked;
