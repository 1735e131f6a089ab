package dev.orthant.eval.results;

import dev.orthant.eval.interference.Interference;

/**
 * The interference among the adapters of one kind.
 *
 * @param adapter the kind of adapter, with its constraint if it has one
 * @param interference the matrix
 */
public record InterferenceResult(String adapter, Interference interference) {}
