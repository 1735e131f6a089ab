package dev.orthant.eval.study;

import dev.orthant.core.progress.Interruption;
import dev.orthant.core.spi.TrialModel.Entropy;
import dev.orthant.core.spi.TrialModel.Slope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The sum of the tasks' entropies, which are computed side by side and added in their order. */
final class StudyEntropy implements Entropy {

  private static final String WEIGHT = ".weight";

  private final List<TaskEntropy> tasks;
  private final Interruption interruption;
  private final @Nullable ExecutorService threads; // kept, as each has memory to work with

  StudyEntropy(List<TaskEntropy> tasks, int threads, Interruption interruption) {
    this.tasks = List.copyOf(tasks);
    this.interruption = interruption;
    int useful = Math.min(threads, tasks.size());
    this.threads = useful > 1 ? Executors.newFixedThreadPool(useful) : null;
  }

  @Override
  public Slope at(Map<String, double[]> coefficients, int step) {
    interruption.check();
    Map<String, double[]> byModule = new LinkedHashMap<>();
    coefficients.forEach((tensor, values) -> byModule.put(module(tensor), values));
    double value = 0;
    Map<String, double[]> gradient = new LinkedHashMap<>();
    for (Slope slope : slopes(byModule, step)) {
      value += slope.value();
      slope
          .gradient()
          .forEach((module, own) -> gradient.merge(module + WEIGHT, own, StudyEntropy::sum));
    }
    return new Slope(value, gradient);
  }

  @Override
  public void close() {
    if (threads != null) {
      threads.shutdown();
    }
    tasks.forEach(TaskEntropy::close);
  }

  /** In the order of the tasks. */
  private List<Slope> slopes(Map<String, double[]> coefficients, int step) {
    if (threads == null) {
      return tasks.stream().map(task -> task.at(coefficients, step)).toList();
    }
    List<Callable<Slope>> jobs = new ArrayList<>();
    tasks.forEach(task -> jobs.add(() -> task.at(coefficients, step)));
    List<Slope> slopes = new ArrayList<>();
    try {
      for (Future<Slope> job : threads.invokeAll(jobs)) {
        slopes.add(job.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while tasks were computed", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
    return slopes;
  }

  private static String module(String tensor) {
    return tensor.substring(0, tensor.length() - WEIGHT.length());
  }

  private static double[] sum(double[] one, double[] other) {
    double[] sum = new double[one.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = one[i] + other[i];
    }
    return sum;
  }
}
