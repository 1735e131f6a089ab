package dev.orthant.merge;

/**
 * The mean over the inputs that are not zero at an element; where it is one input only, its value
 * times a factor of that input.
 *
 * @param unique what each input's elements are multiplied by where it is alone; empty for 1
 */
record MeanOfActive(double[] unique) implements Combination {

  /** Without factors. */
  static MeanOfActive plain() {
    return new MeanOfActive(new double[] {});
  }

  @Override
  public void combine(float[][] tiles, double[] weights, double[] out, int length) {
    for (int k = 0; k < length; k++) {
      double sum = 0;
      int active = 0;
      int last = 0;
      for (int i = 0; i < tiles.length; i++) {
        float value = tiles[i][k];
        if (value != 0) {
          sum += value;
          active++;
          last = i;
        }
      }
      if (active > 1) {
        sum /= active;
      } else if (unique.length > 0) {
        sum *= unique[last];
      }
      out[k] = sum;
    }
  }
}
