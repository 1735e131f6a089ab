package dev.orthant.core.dl4j;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** Updaters at a multiple of their learning rate. */
final class LearningRate {

  private LearningRate() {}

  /** The updater itself, or a copy whose learning rate is a multiple of its own at any time. */
  static IUpdater times(double multiplier, IUpdater updater) {
    if (multiplier == 1 || !updater.hasLearningRate()) {
      return updater;
    }
    IUpdater copy = updater.clone();
    copy.setLrAndSchedule(Double.NaN, new Multiple(multiplier, updater));
    return copy;
  }

  /** A multiple of an updater's learning rate, fixed or scheduled. */
  private record Multiple(double multiplier, IUpdater updater) implements ISchedule {

    @Override
    public double valueAt(int iteration, int epoch) {
      return multiplier * updater.getLearningRate(iteration, epoch);
    }

    @Override
    public ISchedule clone() {
      return new Multiple(multiplier, updater.clone());
    }
  }
}
