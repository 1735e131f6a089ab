package dev.orthant.core.kernel;

import org.bytedeco.javacpp.BytePointer;

/** Native memory that begins at a cache line: AMX reads lines, and is three times slower across. */
final class AlignedMemory implements AutoCloseable {

  private static final int LINE = 64;

  private final BytePointer allocated;

  /** So many bytes, with arbitrary contents; freed when closed, or when nobody refers to it. */
  AlignedMemory(long bytes) {
    allocated = new BytePointer(bytes + LINE);
  }

  /** Where the first byte is. */
  long address() {
    return (allocated.address() + LINE - 1) / LINE * LINE;
  }

  @Override
  public void close() {
    allocated.close();
  }
}
