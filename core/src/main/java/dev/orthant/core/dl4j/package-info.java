/**
 * Adapters on Deeplearning4j networks. Needs {@code org.deeplearning4j:deeplearning4j-nn}, which
 * core depends on optionally: nothing outside of this package does.
 */
@NullMarked
package dev.orthant.core.dl4j;

import org.jspecify.annotations.NullMarked;
