package dev.orthant.core.dl4j;

import java.io.Serial;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Updates nothing, whatever the gradient: for layers that a network needs bare, as its output
 * layers, around which Deeplearning4j's frozen layers cannot be put. (Its NoOp leaves the gradient
 * as it is, which is then subtracted.) Remembers the layer's updaters.
 */
public final class FrozenUpdater implements IUpdater {

  @Serial private static final long serialVersionUID = 1;

  private final IUpdater thawed;
  private final @Nullable IUpdater thawedBias;

  /** What takes the place of a layer's updaters. */
  @JsonCreator
  public FrozenUpdater(
      @JsonProperty("thawed") IUpdater thawed,
      @JsonProperty("thawedBias") @Nullable IUpdater thawedBias) {
    this.thawed = thawed;
    this.thawedBias = thawedBias;
  }

  /** The layer's updater when it is trained. */
  public IUpdater getThawed() {
    return thawed;
  }

  /** The updater of the layer's biases when it is trained, if it is another. */
  public @Nullable IUpdater getThawedBias() {
    return thawedBias;
  }

  @Override
  public long stateSize(long parameters) {
    return 0;
  }

  @Override
  public GradientUpdater<?> instantiate(@Nullable INDArray view, boolean initialize) {
    return new Updater(this);
  }

  @Override
  public GradientUpdater<?> instantiate(Map<String, INDArray> state, boolean initialize) {
    return new Updater(this);
  }

  @Override
  public boolean hasLearningRate() {
    return false;
  }

  @Override
  public double getLearningRate(int iteration, int epoch) {
    return Double.NaN;
  }

  /** Does nothing: there is no learning rate. */
  @Override
  public void setLrAndSchedule(double learningRate, @Nullable ISchedule schedule) {}

  @Override
  public FrozenUpdater clone() {
    return new FrozenUpdater(thawed.clone(), thawedBias == null ? null : thawedBias.clone());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FrozenUpdater o
        && thawed.equals(o.thawed)
        && Objects.equals(thawedBias, o.thawedBias);
  }

  @Override
  public int hashCode() {
    return Objects.hash(thawed, thawedBias);
  }

  /** Sets every step to zero. */
  private record Updater(FrozenUpdater config) implements GradientUpdater<FrozenUpdater> {

    @Override
    public void setState(Map<String, INDArray> state, boolean initialize) {}

    @Override
    public Map<String, INDArray> getState() {
      return Map.of();
    }

    @Override
    public void setStateViewArray(INDArray view, long[] shape, char order, boolean initialize) {}

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
      gradient.assign(0);
    }

    @Override
    public FrozenUpdater getConfig() {
      return config;
    }
  }
}
