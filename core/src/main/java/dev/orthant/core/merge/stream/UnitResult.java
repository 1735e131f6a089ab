package dev.orthant.core.merge.stream;

/**
 * What is known of a unit of work that is done.
 *
 * @param checksum CRC-32C of its bytes in the result
 * @param squares sums of squares of each input's delta, then of the merged delta; empty for a copy
 * @param kept how many elements of the merged delta are not zero
 * @param conflicts at how many of the elements that were compared inputs have opposite signs
 * @param compared elements whose signs were compared
 */
record UnitResult(int checksum, double[] squares, long kept, long conflicts, long compared) {}
