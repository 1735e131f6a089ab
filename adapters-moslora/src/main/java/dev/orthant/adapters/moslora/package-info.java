@NullMarked
package dev.orthant.adapters.moslora;

import org.jspecify.annotations.NullMarked;
