package dev.orthant.core.dl4j;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.jspecify.annotations.Nullable;

/** Layers whose parameters stay as they are, and the way back. */
final class Freezing {

  /*
   * Deeplearning4j runs a frozen batch normalisation as at test time, but takes its gradient as in
   * training, from arrays of a workspace that is closed by then.
   */

  private Freezing() {}

  /**
   * The settings of a layer that is not trained. What would change its parameters without a
   * gradient (regularisation, constraints, noise) is left out.
   *
   * @param passesGradients whether something below is trained
   * @throws IllegalArgumentException if this kind of layer cannot be frozen
   */
  static Layer frozen(NetworkLayer layer, boolean passesGradients) {
    Layer still = layer.thawed().clone();
    still.setConstraints(null);
    if (still instanceof BaseLayer base) {
      base.setRegularization(new ArrayList<>());
      base.setRegularizationBias(new ArrayList<>());
      base.setWeightNoise(null);
    }
    if (passesGradients && still instanceof BatchNormalization) {
      throw new IllegalArgumentException(
          "layer '%s' normalises batches above a layer that is trained, and cannot be frozen there; name it among the layers that are trained too"
              .formatted(layer.name()));
    }
    if (!layer.isBare()) {
      return named(
          passesGradients ? new FrozenLayerWithBackprop(still) : new FrozenLayer(still), still);
    }
    if (still instanceof BaseLayer base) {
      base.setIUpdater(new FrozenUpdater(base.getIUpdater(), base.getBiasUpdater()));
      base.setBiasUpdater(null);
      return base;
    }
    throw new IllegalArgumentException(
        "layer '%s' is a %s, which cannot be frozen; name it among the layers that are trained"
            .formatted(layer.name(), still.getClass().getSimpleName()));
  }

  /** The settings of a layer that can be trained, a copy where it was frozen. */
  static Layer thawed(Layer layer) {
    Layer inner = unwrapped(layer);
    if (inner instanceof BaseLayer base && base.getIUpdater() instanceof FrozenUpdater frozen) {
      BaseLayer thawed = base.clone();
      thawed.setIUpdater(frozen.getThawed());
      thawed.setBiasUpdater(frozen.getThawedBias());
      return thawed;
    }
    return inner;
  }

  static boolean isFrozen(Layer layer) {
    return thawed(layer) != layer;
  }

  private static Layer unwrapped(@Nullable Layer layer) {
    if (layer instanceof FrozenLayer frozen) {
      return unwrapped(frozen.getLayer());
    }
    if (layer instanceof FrozenLayerWithBackprop frozen) {
      return unwrapped(frozen.getUnderlying());
    }
    return requireNonNull(layer, "layer");
  }

  private static Layer named(Layer wrapper, Layer inner) {
    wrapper.setLayerName(inner.getLayerName());
    return wrapper;
  }
}
