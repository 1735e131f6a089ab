package dev.orthant.eval.benchmark;

import dev.orthant.core.family.EncoderConfig;
import java.util.SplittableRandom;

/** The shapes of the encoders that are measured; their weights are random. */
enum Model {
  MINILM(6, 384, 12, 1536),
  BERT_BASE(12, 768, 12, 3072);

  static final int VOCABULARY = 30522;
  static final int POSITIONS = 512;
  static final float EPS = 1e-12f;
  static final int RANK = 8;
  static final float SCALING = 2;
  static final int CLASSES = 2;
  static final float LEARNING_RATE = 1e-3f;

  final int layers;
  final int hidden;
  final int heads;
  final int intermediate;

  Model(int layers, int hidden, int heads, int intermediate) {
    this.layers = layers;
    this.hidden = hidden;
    this.heads = heads;
    this.intermediate = intermediate;
  }

  EncoderConfig config() {
    return new EncoderConfig(hidden, layers, heads, intermediate, VOCABULARY, POSITIONS, 2, EPS);
  }

  /** The values of a tensor: a function of its name, so that every engine has the same ones. */
  static float[] values(String name, long elements) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    float[] values = new float[Math.toIntExact(elements)];
    boolean gain = name.endsWith("LayerNorm.weight");
    for (int i = 0; i < values.length; i++) {
      double uniform = 0.07 * (random.nextDouble() - 0.5); // a standard deviation of 0.02
      values[i] = (float) (gain ? 1 + uniform : uniform);
    }
    return values;
  }
}
