package dev.orthant.core.text;

import java.util.List;

/** Tokenised rows with what a model is to say of them. */
public interface TrainingRows {

  /** The rows. */
  List<Encoded> rows();

  /** The number of rows. */
  int size();

  /** The number of tokens of a row, those of its target included. */
  int length(int row);

  /** The batch of these rows, in this order. */
  Batch batch(int[] indices);

  /**
   * The labels of these rows, in this order; how many there are of a row is the rows' own affair.
   */
  float[] labels(int[] indices);

  /**
   * How much these rows weigh in a mean over a group of batches: the number of labels that count.
   */
  int weight(int[] indices);

  /** The first of them. */
  TrainingRows first(int count);
}
