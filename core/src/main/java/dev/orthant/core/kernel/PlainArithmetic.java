package dev.orthant.core.kernel;

/** Plain loops, and BLAS for the products of attention. */
final class PlainArithmetic implements Arithmetic {

  private final TileMath tiles;
  private final Attention attention;

  PlainArithmetic(WorkerPool pool, ThreadLocal<Workspace> workspace) {
    this.tiles = new PlainTileMath(workspace);
    this.attention = new BlasAttention(pool, workspace);
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
