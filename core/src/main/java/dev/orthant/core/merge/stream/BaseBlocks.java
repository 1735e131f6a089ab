package dev.orthant.core.merge.stream;

/** The base of a tensor, or of a range of it, of which one block at a time is in memory. */
final class BaseBlocks {

  private final MergePlan.Part part;
  private final long from;
  private final long size;
  private final Scratch scratch;
  private final float[] block;
  private long start = -1;

  /**
   * @param from the range's first element
   * @param size of the range
   */
  BaseBlocks(MergePlan.Part part, long from, long size, Scratch scratch) {
    this.part = part;
    this.from = from;
    this.size = size;
    this.scratch = scratch;
    this.block = scratch.base();
  }

  /** The block that begins at an offset in the range; valid until another one is asked for. */
  float[] at(long offset) {
    if (offset != start) {
      start = -1; // in case that reading fails
      int length = (int) Math.min(Chunks.LENGTH, size - offset);
      part.model().read(part.tensor(), from + offset, block, length, scratch.buffer());
      start = offset;
    }
    return block;
  }
}
