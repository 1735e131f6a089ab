package dev.orthant.core.features;

import dev.orthant.core.nn.FeatureListener;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sums up one task's features in bounded memory while a model runs: instead of a Gram matrix [d,
 * d], each module keeps a sketch of it by Frequent Directions. For layers so wide that their Gram
 * matrices together do not fit; see {@link StatisticsCollector} for the rest.
 *
 * <p>Every module has a sketch of its own, also where several read one input. For use by one
 * thread.
 */
public final class SketchCollector implements FeatureListener {

  private final String task;
  private final StatisticsSource source;
  private final List<String> modules;
  private final int size;
  private final Map<String, Sums> sums = new LinkedHashMap<>();

  private record Sums(FrequentDirections sketch, double[] sum, long[] count) {}

  /**
   * @param task whose features these are
   * @param source what is run
   * @param modules the modules to collect at; others are passed over
   * @param size rows of a sketch, at least 1
   */
  public SketchCollector(
      String task, StatisticsSource source, Collection<String> modules, int size) {
    if (modules.isEmpty()) {
      throw new IllegalArgumentException("no modules to collect statistics at");
    }
    if (size < 1) {
      throw new IllegalArgumentException("a sketch needs at least 1 row, was " + size);
    }
    this.task = task;
    this.source = source;
    this.modules = modules.stream().distinct().toList();
    this.size = size;
  }

  /**
   * Adds one batch of a module's input.
   *
   * @throws IllegalArgumentException if a feature is not finite
   */
  @Override
  public void input(String module, INDArray x) {
    if (!modules.contains(module)) {
      return;
    }
    int d = (int) x.size(1);
    Sums of =
        sums.computeIfAbsent(
            module, m -> new Sums(new FrequentDirections(size, d), new double[d], new long[1]));
    float[] values = x.dup('c').data().asFloat(); // [n, d]
    double[] rows = new double[values.length];
    for (int i = 0; i < rows.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "feature %d at module '%s' of task '%s' is not finite".formatted(i % d, module, task));
      }
      rows[i] = values[i];
      of.sum[i % d] += values[i];
    }
    of.sketch.add(rows);
    of.count[0] += x.size(0);
  }

  /**
   * The statistics of all batches so far.
   *
   * @throws IllegalStateException if a module was never presented
   */
  public TaskStatistics statistics() {
    Map<String, FeatureStatistics> byModule = new LinkedHashMap<>();
    for (String module : modules) {
      Sums of = sums.get(module);
      if (of == null) {
        throw new IllegalStateException(
            "no features were seen at module '%s', task '%s'".formatted(module, task));
      }
      double[] rows = of.sketch.rows();
      byModule.put(
          module,
          FeatureStatistics.sketched(task, of.count[0], of.sum.clone(), rows, of.sketch.lost()));
    }
    return new TaskStatistics(task, source, byModule);
  }
}
