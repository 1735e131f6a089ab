/** The families of models that come with Orthant, and how a checkpoint finds its own. */
@NullMarked
package dev.orthant.core.family;

import org.jspecify.annotations.NullMarked;
