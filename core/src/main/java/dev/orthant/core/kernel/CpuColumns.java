package dev.orthant.core.kernel;

/** Operations on the columns of matrices, row by row. */
final class CpuColumns {

  /** Rows whose products are added up in single precision, before the sums go on in double. */
  private static final int ROWS_PER_PART = 64;

  private final CpuTiles tiles;

  CpuColumns(CpuTiles tiles) {
    this.tiles = tiles;
  }

  /** {@code y = x * factors + shifts}, where y may be x. */
  void scale(int rows, int width, Floats x, Floats factors, Floats shifts, Floats y) {
    float[] scale = new float[width];
    float[] shift = new float[width];
    factors.get(0, scale, width);
    shifts.get(0, shift, width);
    tiles.rows(
        rows,
        width,
        (row, ws) -> {
          float[] t = ws.tile(0, width);
          x.get(row * width, t, width);
          for (int j = 0; j < width; j++) {
            t[j] = t[j] * scale[j] + shift[j];
          }
          y.put(row * width, t, width);
        });
  }

  /** Copies columns from one matrix to another; rows have fromRow and toRow elements. */
  void copy(
      int rows,
      int width,
      Floats from,
      int fromRow,
      int fromColumn,
      Floats to,
      int toRow,
      int toColumn) {
    tiles.rows(
        rows,
        width,
        (row, ws) -> {
          float[] t = ws.tile(0, width);
          from.get(row * fromRow + fromColumn, t, width);
          to.put(row * toRow + toColumn, t, width);
        });
  }

  /** {@code sums += } the columns' inner products; the parts are added in the order of the rows. */
  void addDots(int rows, int width, Floats x, Floats y, Floats sums) {
    int parts = (rows + ROWS_PER_PART - 1) / ROWS_PER_PART;
    float[][] sumOf = new float[parts][];
    tiles.rows(
        parts,
        ROWS_PER_PART * width,
        (part, ws) -> {
          float[] s = ws.tile(0, width);
          float[] t = ws.tile(1, width);
          float[] sum = new float[width];
          int end = Math.min(rows, (part + 1) * ROWS_PER_PART);
          for (int row = part * ROWS_PER_PART; row < end; row++) {
            x.get(row * width, s, width);
            y.get(row * width, t, width);
            for (int j = 0; j < width; j++) {
              sum[j] += s[j] * t[j];
            }
          }
          sumOf[part] = sum;
        });
    double[] total = new double[width];
    for (float[] sum : sumOf) {
      for (int j = 0; j < width; j++) {
        total[j] += sum[j];
      }
    }
    float[] result = new float[width];
    sums.get(0, result, width);
    for (int j = 0; j < width; j++) {
      result[j] = (float) (result[j] + total[j]);
    }
    sums.put(0, result, width);
  }
}
