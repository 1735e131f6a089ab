package dev.orthant.eval.results;

import dev.orthant.eval.metrics.Difference;

/**
 * What the adapter of one task got on its own task.
 *
 * @param adapter the kind of adapter, with its constraint if it has one
 * @param task the task
 * @param metric the metric's name
 * @param rows the number of rows scored
 * @param score the adapter's score
 * @param standardError of the score over the rows; NaN for fewer than two
 * @param majority the score of predicting the most frequent class
 * @param probe the score of a linear model on the frozen base's features
 * @param overMajority score - majority, with its standard error over the rows
 * @param overProbe score - probe, with its standard error over the rows
 */
public record SingleResult(
    String adapter,
    String task,
    String metric,
    int rows,
    double score,
    double standardError,
    double majority,
    double probe,
    Difference overMajority,
    Difference overProbe) {}
