package dev.orthant.core.spi;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.stats.FeatureStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One place where an adapter goes, and everything an adapter may want to know about it. */
public final class AdapterSite {

  private final Site site;
  private final RandomGenerator random;
  private final Supplier<INDArray> baseWeights;
  private final @Nullable INDArray baseBias;
  private final @Nullable FeatureStatistics own;
  private final List<FeatureStatistics> others;
  private final @Nullable ConstrainedBasis basis;
  private final Map<String, INDArray> shared;
  private final Map<String, Parameter> sharedParameters;

  private AdapterSite(Builder builder) {
    this.site = builder.site;
    this.random = builder.random;
    this.baseWeights = builder.baseWeights;
    this.baseBias = builder.baseBias;
    this.own = builder.own;
    this.others = List.copyOf(builder.others);
    this.basis = builder.basis;
    this.shared = builder.shared;
    this.sharedParameters = builder.sharedParameters;
  }

  /** A site with nothing but its shape and a source of random numbers. */
  public static Builder builder(Site site, RandomGenerator random) {
    return new Builder(site, random);
  }

  /** Module path and shape. */
  public Site site() {
    return site;
  }

  /** Random numbers for initialisation, a function of the run's seed and the module path. */
  public RandomGenerator random() {
    return random;
  }

  /**
   * The base weights [dOut, dIn], read when asked for; not to be modified.
   *
   * @throws IllegalStateException if this site has none
   */
  public INDArray baseWeights() {
    return baseWeights.get();
  }

  /** The base layer's bias [dOut], if it has one; not to be modified. */
  public Optional<INDArray> baseBias() {
    return Optional.ofNullable(baseBias);
  }

  /** Statistics of this task's features at this site. */
  public Optional<FeatureStatistics> ownStatistics() {
    return Optional.ofNullable(own);
  }

  /** Statistics of the other tasks' features at this site, one entry a task. */
  public List<FeatureStatistics> otherStatistics() {
    return others;
  }

  /** What the subspace constraint chose for this site, if there is one. */
  public Optional<ConstrainedBasis> basis() {
    return Optional.ofNullable(basis);
  }

  /**
   * An array that several sites share (VeRA's bases): made at the first call with a key, the same
   * one at all later calls in the model. It must not be trained; see {@link #sharedParameter}.
   */
  public INDArray shared(String key, Supplier<INDArray> create) {
    return shared.computeIfAbsent(key, k -> create.get());
  }

  /**
   * A parameter that several sites share (a mixer common to all layers): made at the first call
   * with a key, the same one at all later calls in the model. The gradients of all adapters that
   * have it among their parameters add up, and it is trained once.
   */
  public Parameter sharedParameter(String key, Supplier<Parameter> create) {
    return sharedParameters.computeIfAbsent(key, k -> create.get());
  }

  /** Collects what a site has. */
  public static final class Builder {

    private final Site site;
    private final RandomGenerator random;
    private Supplier<INDArray> baseWeights;
    private @Nullable INDArray baseBias;
    private @Nullable FeatureStatistics own;
    private List<FeatureStatistics> others = List.of();
    private @Nullable ConstrainedBasis basis;
    private Map<String, INDArray> shared = new HashMap<>();
    private Map<String, Parameter> sharedParameters = new HashMap<>();

    private Builder(Site site, RandomGenerator random) {
      this.site = requireNonNull(site, "site");
      this.random = requireNonNull(random, "random");
      this.baseWeights =
          () -> {
            throw new IllegalStateException("site '" + site.module() + "' has no base weights");
          };
    }

    /** Where the base weights [dOut, dIn] come from. */
    public Builder baseWeights(Supplier<INDArray> weights) {
      this.baseWeights = requireNonNull(weights, "weights");
      return this;
    }

    /** The base layer's bias [dOut], or null. */
    public Builder baseBias(@Nullable INDArray bias) {
      this.baseBias = bias;
      return this;
    }

    /** This task's statistics. */
    public Builder ownStatistics(@Nullable FeatureStatistics statistics) {
      this.own = statistics;
      return this;
    }

    /** The other tasks' statistics. */
    public Builder otherStatistics(List<FeatureStatistics> statistics) {
      this.others = statistics;
      return this;
    }

    /** The constraint's choice. */
    public Builder basis(@Nullable ConstrainedBasis chosen) {
      this.basis = chosen;
      return this;
    }

    /** The arrays shared by all sites of one model; pass one map to all of them. */
    public Builder shared(Map<String, INDArray> arrays) {
      this.shared = requireNonNull(arrays, "arrays");
      return this;
    }

    /** The parameters shared by all sites of one model; pass one map to all of them. */
    public Builder sharedParameters(Map<String, Parameter> parameters) {
      this.sharedParameters = requireNonNull(parameters, "parameters");
      return this;
    }

    /** The site. */
    public AdapterSite build() {
      return new AdapterSite(this);
    }
  }
}
