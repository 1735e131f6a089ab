package dev.orthant.eval.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.random.SobolSequenceGenerator;

/**
 * Chooses what to try next from what was tried. The choice depends on the space, the method, the
 * seed and the values found so far alone, so a search whose values are kept can be gone through
 * again up to where it was, and be made longer.
 */
public final class Search {

  /** How the next trial is chosen. */
  public enum Method {
    /** Every combination, of ranges evenly spaced values. */
    GRID,
    /** Points that fill the space evenly: a Sobol sequence, moved at random. */
    SOBOL,
    /**
     * Some of those, then where a Gaussian process expects the greatest improvement (Mockus, 1978;
     * Jones, Schonlau and Welch, 1998).
     */
    BAYES
  }

  /**
   * What was tried.
   *
   * @param settings by key
   * @param value the greater the better; one that is not finite, such as the correlation with a
   *     constant, is worse than any other
   */
  public record Trial(Map<String, JsonNode> settings, double value) {}

  private static final int CANDIDATES = 2000; // at which the expected improvement is computed
  private static final int NEIGHBOURS = 200; // of the best point, at each of three distances
  private static final int ATTEMPTS = 200; // to find a point that was not tried

  private final SearchSpace space;
  private final Method method;
  private final int trials;
  private final long seed;
  private final List<Map<String, JsonNode>> grid;
  private final List<double[]> points = new ArrayList<>();
  private final List<Trial> done = new ArrayList<>();
  private final Set<Map<String, JsonNode>> tried = new HashSet<>();
  private final SobolSequenceGenerator sobol;
  private final double[] shift;

  /**
   * @param trials at most so many; a grid of ranges is made to fit
   * @param seed of what is drawn
   */
  public Search(SearchSpace space, Method method, int trials, long seed) {
    if (trials < 1) {
      throw new IllegalArgumentException("trials must be at least 1, was " + trials);
    }
    this.space = space;
    this.method = method;
    this.trials = trials;
    this.seed = seed;
    this.grid = method == Method.GRID ? space.grid(trials) : List.of();
    this.sobol = new SobolSequenceGenerator(space.coordinates());
    this.shift = new SplittableRandom(seed).doubles(space.coordinates()).toArray();
  }

  /** How many trials there are at most. */
  public int trials() {
    return method == Method.GRID ? grid.size() : trials;
  }

  /** What to try next; empty at the end, or if nothing is left to try. */
  public Optional<Map<String, JsonNode>> next() {
    if (done.size() == trials()) {
      return Optional.empty();
    }
    if (method == Method.GRID) {
      return Optional.of(grid.get(done.size()));
    }
    boolean explores = method == Method.SOBOL || done.size() < 2 * (space.coordinates() + 1);
    Optional<double[]> point = explores ? untried() : mostPromising();
    return point.map(
        p -> {
          points.add(p);
          return space.snap(p);
        });
  }

  /** Tells the value of what {@link #next} gave. */
  public void tell(Map<String, JsonNode> settings, double value) {
    done.add(new Trial(settings, value));
    tried.add(settings);
  }

  /** The trials so far. */
  public List<Trial> done() {
    return List.copyOf(done);
  }

  /** The best of them, the first of equal ones. */
  public Trial best() {
    Trial best = done.get(0);
    for (Trial trial : done) {
      if (worth(trial) > worth(best)) {
        best = trial;
      }
    }
    return best;
  }

  private static double worth(Trial trial) {
    return Double.isFinite(trial.value()) ? trial.value() : Double.NEGATIVE_INFINITY;
  }

  /** A point of the sequence that gives settings which were not tried. */
  private Optional<double[]> untried() {
    for (int i = 0; i < ATTEMPTS; i++) {
      double[] point = moved(sobol.nextVector());
      if (!tried.contains(space.snap(point))) {
        return Optional.of(point);
      }
    }
    return Optional.empty();
  }

  private double[] moved(double[] point) {
    for (int j = 0; j < point.length; j++) {
      point[j] = (point[j] + shift[j]) % 1;
    }
    return point;
  }

  private Optional<double[]> mostPromising() {
    double[] values = done.stream().mapToDouble(Trial::value).toArray();
    double least = Arrays.stream(values).filter(Double::isFinite).min().orElse(0);
    Arrays.setAll(values, i -> Double.isFinite(values[i]) ? values[i] : least);
    standardizeInPlace(values);
    double[][] x = points.toArray(double[][]::new);
    GaussianProcess process = GaussianProcess.fit(x, values);
    double bestMean = Double.NEGATIVE_INFINITY;
    double[] best = x[0];
    for (double[] point : x) {
      double mean = process.at(point).mean();
      if (mean > bestMean) {
        bestMean = mean;
        best = point;
      }
    }
    double[] promising = null;
    double most = -1;
    for (double[] candidate : candidates(best)) {
      if (!tried.contains(space.snap(candidate))) {
        double improvement = expectedImprovement(process.at(candidate), bestMean);
        if (improvement > most) {
          most = improvement;
          promising = candidate;
        }
      }
    }
    return Optional.ofNullable(promising);
  }

  private List<double[]> candidates(double[] best) {
    SplittableRandom random = new SplittableRandom(seed + done.size());
    List<double[]> candidates = new ArrayList<>();
    for (int i = 0; i < CANDIDATES; i++) {
      candidates.add(random.doubles(best.length).toArray());
    }
    for (double distance : new double[] {0.2, 0.05, 0.01}) {
      for (int i = 0; i < NEIGHBOURS; i++) {
        double[] near = best.clone();
        for (int j = 0; j < near.length; j++) {
          double moved = near[j] + distance * (2 * random.nextDouble() - 1);
          near[j] = Math.min(1, Math.max(0, moved));
        }
        candidates.add(near);
      }
    }
    return candidates;
  }

  private static double expectedImprovement(GaussianProcess.Prediction prediction, double best) {
    double gain = prediction.mean() - best;
    if (prediction.deviation() == 0) {
      return Math.max(0, gain);
    }
    NormalDistribution normal = new NormalDistribution(null, 0, 1);
    double z = gain / prediction.deviation();
    return gain * normal.cumulativeProbability(z) + prediction.deviation() * normal.density(z);
  }

  /** To mean zero and variance one; equal values become zero. */
  private static void standardizeInPlace(double[] values) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean) / values.length;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = squares == 0 ? 0 : (values[i] - mean) / Math.sqrt(squares);
    }
  }
}
