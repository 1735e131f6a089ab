package dev.orthant.adapters.lora;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a pair of factors starts as.
 *
 * @param a [rank, dIn]
 * @param b [dOut, rank]
 */
record Factors(INDArray a, INDArray b) {}
