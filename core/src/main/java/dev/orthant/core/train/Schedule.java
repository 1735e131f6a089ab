package dev.orthant.core.train;

/**
 * What the learning rate is multiplied by at each optimiser step, as Hugging Face's schedulers
 * define it: with warm-up the first step's factor is 0.
 */
public enum Schedule {
  /** Warm-up, then constant. */
  CONSTANT {
    @Override
    double decay(int step, int warmup, int total) {
      return 1;
    }
  },
  /** Warm-up, then linearly down to 0 at the last step's end. */
  LINEAR {
    @Override
    double decay(int step, int warmup, int total) {
      return Math.max(0, (double) (total - step) / Math.max(1, total - warmup));
    }
  },
  /** Warm-up, then half a cosine wave down to 0. */
  COSINE {
    @Override
    double decay(int step, int warmup, int total) {
      double progress = (double) (step - warmup) / Math.max(1, total - warmup);
      return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
    }
  };

  /**
   * The factor of one step.
   *
   * @param step number of optimiser steps already taken, from 0
   * @param warmup number of warm-up steps, in [0, total]
   * @param total number of steps of the whole training
   */
  public double factor(int step, int warmup, int total) {
    return step < warmup ? (double) step / Math.max(1, warmup) : decay(step, warmup, total);
  }

  abstract double decay(int step, int warmup, int total);
}
