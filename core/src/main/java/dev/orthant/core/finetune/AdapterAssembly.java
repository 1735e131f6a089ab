package dev.orthant.core.finetune;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.nn.AdaptableModel;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A kind of adapter with its configuration, and the constraint that chooses its subspace if there
 * is one.
 *
 * @param <C> the adapter's configuration
 */
public final class AdapterAssembly<C extends Record> {

  private final AdapterFactory<C> factory;
  private final C config;
  private final @Nullable SubspaceConstraint constraint;

  /**
   * @param constraint null to leave the initialisation to the adapter
   * @throws IllegalArgumentException if the adapter takes none
   */
  public AdapterAssembly(
      AdapterFactory<C> factory, C config, @Nullable SubspaceConstraint constraint) {
    this.factory = requireNonNull(factory, "factory");
    this.config = requireNonNull(config, "config");
    this.constraint = constraint;
    factory
        .refusesBasis()
        .filter(reason -> constraint != null)
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException(
                  "an adapter of type '%s' takes no constraint: %s"
                      .formatted(factory.name(), reason));
            });
  }

  /** The modules that get an adapter, in the model's order. */
  public List<String> modules(List<Site> sites) {
    return List.copyOf(factory.plan(config, sites).keySet());
  }

  /**
   * Fresh adapters for one task.
   *
   * @param model what to adapt; its weights stay as they are
   * @param own this task's statistics, if they are known
   * @param others the other tasks' statistics; may be empty
   * @param seed of the initial values, which also depend on the module alone
   * @throws IllegalArgumentException if the constraint needs statistics that are not there
   */
  public AdapterSet assemble(
      AdaptableModel model, @Nullable TaskStatistics own, List<TaskStatistics> others, long seed) {
    Map<String, Site> sites = new LinkedHashMap<>();
    model.sites().forEach(site -> sites.put(site.module(), site));
    Map<String, INDArray> shared = new HashMap<>();
    Map<String, Parameter> sharedParameters = new HashMap<>();
    Map<String, Adapter> adapters = new LinkedHashMap<>();
    factory
        .plan(config, model.sites(), own == null ? Map.of() : own.modules())
        .forEach(
            (module, siteConfig) -> {
              Site site = requireNonNull(sites.get(module), module);
              FeatureStatistics ownHere = own == null ? null : own.modules().get(module);
              List<FeatureStatistics> othersHere = at(module, others);
              SplittableRandom random =
                  new SplittableRandom(CounterRandom.seed(seed, "adapter", module));
              ConstrainedBasis basis =
                  constraint == null
                      ? null
                      : basis(
                          constraint,
                          new SubspaceConstraint.Request(
                              site,
                              factory.rank(siteConfig),
                              Optional.ofNullable(ownHere),
                              othersHere,
                              random,
                              () -> model.baseWeights(module)));
              AdapterSite place =
                  AdapterSite.builder(site, random)
                      .baseWeights(() -> model.baseWeights(module))
                      .baseBias(model.baseBias(module))
                      .ownStatistics(ownHere)
                      .otherStatistics(othersHere)
                      .basis(basis)
                      .shared(shared)
                      .sharedParameters(sharedParameters)
                      .build();
              adapters.put(module, factory.create(siteConfig, place));
            });
    return new AdapterSet(adapters);
  }

  private static ConstrainedBasis basis(SubspaceConstraint by, SubspaceConstraint.Request request) {
    if (by.needs().contains(SubspaceConstraint.Need.OWN) && request.own().isEmpty()) {
      throw new IllegalArgumentException(
          "the constraint needs statistics of the task itself at module '%s', and has none"
              .formatted(request.site().module()));
    }
    if (by.needs().contains(SubspaceConstraint.Need.OTHERS) && request.others().isEmpty()) {
      throw new IllegalArgumentException(
          "the constraint needs statistics of other tasks at module '%s', and has none"
              .formatted(request.site().module()));
    }
    return by.basis(request);
  }

  private static List<FeatureStatistics> at(String module, List<TaskStatistics> tasks) {
    List<FeatureStatistics> here = new ArrayList<>();
    for (TaskStatistics task : tasks) {
      FeatureStatistics statistics = task.modules().get(module);
      if (statistics == null) {
        throw new IllegalArgumentException(
            "the statistics of task '%s' do not cover module '%s'; they cover %s"
                .formatted(task.task(), module, task.modules().keySet()));
      }
      here.add(statistics);
    }
    return here;
  }
}
