/**
 * Merges whole checkpoints in bounded memory: tensor by tensor, or block by block where a rule
 * allows it, into files whose layout is known beforehand; interrupted merges go on where they were.
 */
@NullMarked
package dev.orthant.core.merge.stream;

import org.jspecify.annotations.NullMarked;
