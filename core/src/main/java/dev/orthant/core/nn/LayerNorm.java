package dev.orthant.core.nn;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The parameters of a layer normalisation.
 *
 * @param gamma [d]
 * @param beta [d]
 */
record LayerNorm(INDArray gamma, INDArray beta, float eps) {}
