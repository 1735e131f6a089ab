package dev.orthant.core.text;

/**
 * One tokenised example, special tokens included, not padded.
 *
 * @param tokenIds [length]
 * @param typeIds [length]
 */
public record Encoded(int[] tokenIds, int[] typeIds) {}
