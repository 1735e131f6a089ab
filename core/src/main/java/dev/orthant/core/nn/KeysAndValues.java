package dev.orthant.core.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What queries are compared with, and what they get of it, packed by sequence.
 *
 * @param keys [rows, width]
 * @param values [rows, width]
 * @param offsets [sequences + 1]
 */
public record KeysAndValues(INDArray keys, INDArray values, int[] offsets) {}
