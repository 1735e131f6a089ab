package dev.orthant.core.generate;

/** Some texts that a model is writing side by side, token by token. */
public interface Decoding extends AutoCloseable {

  /**
   * What may follow the texts as they are.
   *
   * @return [texts][vocabulary], scores before any softmax
   */
  float[][] scores();

  /**
   * Writes one token more of each text, or goes on with other texts.
   *
   * @param texts which of the texts to go on with; one can be taken several times
   * @param tokens the next token of each that is taken
   */
  void append(int[] texts, int[] tokens);

  /** Frees what is kept of the texts. */
  @Override
  void close();
}
