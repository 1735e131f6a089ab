@NullMarked
package dev.orthant.core.application;

import org.jspecify.annotations.NullMarked;
