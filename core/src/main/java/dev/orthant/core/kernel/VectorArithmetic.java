package dev.orthant.core.kernel;

/** Vector instructions; see {@link Arithmetic}, which makes it by its name. */
final class VectorArithmetic implements Arithmetic {

  private final TileMath tiles;
  private final Attention attention;

  VectorArithmetic(WorkerPool pool, ThreadLocal<Workspace> workspace) {
    this.tiles = new VectorTileMath(workspace);
    this.attention = new VectorAttention(pool, workspace);
  }

  @Override
  public TileMath tiles() {
    return tiles;
  }

  @Override
  public Attention attention() {
    return attention;
  }
}
