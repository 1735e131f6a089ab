package dev.orthant.merge;

/** The weighted sum where enough inputs use it, zero elsewhere. */
record ConsensusRule(double threshold, int agreement) implements Combination {

  @Override
  public Step with(double[] weights) {
    return (tiles, out, length) -> {
      for (int k = 0; k < length; k++) {
        double sum = 0;
        for (int i = 0; i < tiles.length; i++) {
          sum += weights[i] * tiles[i][k];
        }
        int using = 0;
        for (float[] tile : tiles) {
          using += TallMasksMerger.uses(tile[k], sum, threshold) ? 1 : 0;
        }
        out[k] = using >= agreement ? sum : 0;
      }
    };
  }
}
