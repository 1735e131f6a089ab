/**
 * What a plug-in author reads: the interfaces for adapters, subspace constraints, mergers and delta
 * transforms, found by {@link java.util.ServiceLoader}. The one for sources of tasks is beside the
 * rows that it gives, {@code dev.orthant.core.text.TaskFactory}.
 *
 * <p>Matrices are row-major ('c' ordered) single-precision ND4J arrays and weights are {@code
 * [dOut, dIn]} unless a comment says otherwise. Arguments are never modified and results never
 * alias them, except where a parameter is documented as the place of the result.
 */
@NullMarked
package dev.orthant.core.spi;

import org.jspecify.annotations.NullMarked;
