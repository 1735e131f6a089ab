package dev.orthant.osrm;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint.Need;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Changes what a delta does along directions that the other inputs' features choose. */
final class Retrofit implements DeltaTransform {

  /** What is done with a delta once the statistics are known to fit. */
  @FunctionalInterface
  interface Rule {

    /** The transformed delta. */
    Result of(Delta delta, Request request);
  }

  private final String name;
  private final RandomSource random;
  private final Rule rule;

  /** Where random numbers for a tensor come from. */
  @FunctionalInterface
  interface RandomSource {

    /** Of a tensor. */
    RandomGenerator of(String tensor);
  }

  Retrofit(String name, RandomSource random, Rule rule) {
    this.name = name;
    this.random = random;
    this.rule = rule;
  }

  @Override
  public boolean needsStatistics() {
    return true;
  }

  @Override
  public Result transform(
      String tensor, Delta delta, Optional<FeatureStatistics> own, List<FeatureStatistics> others) {
    long[] shape = delta.shape();
    if (others.isEmpty() && !(delta instanceof LoraDelta) || shape.length != 2) {
      return new Result(delta, 0); // not the weight of a module that statistics were taken at
    }
    Site site = new Site(tensor, -1, (int) shape[1], (int) shape[0]);
    Request request = new Request(site, 1, own, others, random.of(tensor));
    UsableStatistics.require(name, EnumSet.of(Need.OTHERS), request);
    return rule.of(delta, request);
  }

  @Override
  public Result afterMerge(MergeTensor inputs, Delta merged) {
    throw new IllegalArgumentException(
        "%s goes before a merge, where there are one delta and the other inputs' features"
            .formatted(name));
  }

  /** {@code D Q'} [dOut, k] of a delta D [dOut, dIn] and rows Q [k, dIn], in double precision. */
  static Matrix along(Delta delta, Matrix rows) {
    if (delta instanceof LoraDelta lora) {
      Matrix a = Matrix.of("A", lora.a());
      return Matrix.of("B", lora.b()).times(a.timesTranspose(rows)).scaled(lora.scaling());
    }
    return Matrix.of("delta", delta.dense()).timesTranspose(rows);
  }
}
