package dev.orthant.core.wiring;

import dev.orthant.core.kernel.Precision;

/**
 * What computing is done with.
 *
 * @param threads how many compute
 * @param precision of products with base models' weights
 */
record Settings(int threads, Precision precision) {}
