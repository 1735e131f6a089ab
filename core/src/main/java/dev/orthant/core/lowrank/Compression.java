package dev.orthant.core.lowrank;

/**
 * A delta brought to a lower rank.
 *
 * @param delta the best approximation of its rank in the Frobenius norm
 * @param relativeError Frobenius norm of what was lost, divided by the norm of the original; 0 if
 *     nothing was lost
 */
public record Compression(LoraDelta delta, double relativeError) {}
