@NullMarked
package dev.orthant.docs;

import org.jspecify.annotations.NullMarked;
