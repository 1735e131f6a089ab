package dev.orthant.core.kernel;

/** Runs element-wise and row-wise operations in blocks of tiles. */
final class CpuTiles {

  private static final int TILES_PER_BLOCK = 8;
  private static final int ELEMENTS_PER_BLOCK = TILES_PER_BLOCK * Workspace.TILE;

  /** One tile of an element-wise operation. */
  @FunctionalInterface
  interface Tile {
    void run(int from, int count, Workspace ws);
  }

  /** One row of a row-wise operation. */
  @FunctionalInterface
  interface Row {
    void run(int row, Workspace ws);
  }

  private final WorkerPool pool;
  private final ThreadLocal<Workspace> workspace;

  CpuTiles(WorkerPool pool, ThreadLocal<Workspace> workspace) {
    this.pool = pool;
    this.workspace = workspace;
  }

  /** What the calling thread computes with. */
  Workspace workspace() {
    return workspace.get();
  }

  /** Runs an operation on all of {@code length} elements. */
  void elements(int length, Tile tile) {
    pool.forEach(
        (length + ELEMENTS_PER_BLOCK - 1) / ELEMENTS_PER_BLOCK,
        block -> {
          Workspace ws = workspace.get();
          int end = (int) Math.min(length, (block + 1L) * ELEMENTS_PER_BLOCK);
          for (int from = block * ELEMENTS_PER_BLOCK; from < end; from += Workspace.TILE) {
            tile.run(from, Math.min(Workspace.TILE, end - from), ws);
          }
        });
  }

  /** Runs an operation on the elements from an index to another, on the calling thread. */
  void elementsHere(int from, int to, Tile tile) {
    Workspace ws = workspace.get();
    for (int at = from; at < to; at += Workspace.TILE) {
      tile.run(at, Math.min(Workspace.TILE, to - at), ws);
    }
  }

  /** Runs an operation on the rows from an index to another, on the calling thread. */
  void rowsHere(int from, int to, Row row) {
    Workspace ws = workspace.get();
    for (int r = from; r < to; r++) {
      row.run(r, ws);
    }
  }

  /** Runs an operation on all rows of {@code width} elements. */
  void rows(int rows, int width, Row row) {
    int perBlock = Math.max(1, ELEMENTS_PER_BLOCK / width);
    pool.forEach(
        (rows + perBlock - 1) / perBlock,
        block -> {
          Workspace ws = workspace.get();
          int end = Math.min(rows, (block + 1) * perBlock);
          for (int r = block * perBlock; r < end; r++) {
            row.run(r, ws);
          }
        });
  }

  /** The sum over all tiles of what the operation returns, added in the order of the tiles. */
  double sum(Floats x, TileSum tile) {
    int length = x.length();
    double[] parts = new double[(length + Workspace.TILE - 1) / Workspace.TILE];
    elements(
        length,
        (from, count, ws) -> {
          float[] t = ws.tile(0, count);
          x.get(from, t, count);
          parts[from / Workspace.TILE] = tile.of(t, count);
        });
    double total = 0;
    for (double part : parts) {
      total += part;
    }
    return total;
  }

  /** What one tile adds to a sum. */
  @FunctionalInterface
  interface TileSum {
    double of(float[] tile, int count);
  }
}
