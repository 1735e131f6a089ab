package dev.orthant.core.generate;

/**
 * What was written.
 *
 * @param tokenIds the new tokens, the one that ends the text among them if it was reached
 * @param score the sum of the tokens' log-probabilities, in a beam search divided by their number
 *     to the length penalty
 */
public record Generated(int[] tokenIds, double score) {}
