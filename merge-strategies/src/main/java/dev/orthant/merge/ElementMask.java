package dev.orthant.merge;

/**
 * What one input keeps at one tensor. Tiles come in ascending order, each once, so a mask may count
 * as it goes; it is used by one thread.
 */
@FunctionalInterface
interface ElementMask {

  /** Sets what is dropped to zero and rescales what is kept, in the first elements of a tile. */
  void applyInPlace(float[] tile, long offset, int length);

  /** Keeps everything as it is. */
  ElementMask KEEP_ALL = (tile, offset, length) -> {};
}
