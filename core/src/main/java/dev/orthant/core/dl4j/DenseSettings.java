package dev.orthant.core.dl4j;

import org.deeplearning4j.nn.conf.layers.DenseLayer;

/** Everything that a dense layer is configured by. */
final class DenseSettings {

  private DenseSettings() {}

  /** Overwrites all settings of one layer by those of another. */
  static void copy(DenseLayer from, DenseLayer to) {
    DenseLayer source = (DenseLayer) from.clone(); // lists and dropout are not shared
    to.setLayerName(source.getLayerName());
    to.setIDropout(source.getIDropout());
    to.setConstraints(source.getConstraints());
    to.setActivationFn(source.getActivationFn());
    to.setWeightInitFn(source.getWeightInitFn());
    to.setBiasInit(source.getBiasInit());
    to.setGainInit(source.getGainInit());
    to.setRegularization(source.getRegularization());
    to.setRegularizationBias(source.getRegularizationBias());
    to.setIUpdater(source.getIUpdater());
    to.setBiasUpdater(source.getBiasUpdater());
    to.setWeightNoise(source.getWeightNoise());
    to.setGradientNormalization(source.getGradientNormalization());
    to.setGradientNormalizationThreshold(source.getGradientNormalizationThreshold());
    to.setNIn(source.getNIn());
    to.setNOut(source.getNOut());
    to.setTimeDistributedFormat(source.getTimeDistributedFormat());
    to.setHasBias(source.hasBias());
    to.setHasLayerNorm(source.hasLayerNorm());
  }
}
