package dev.orthant.core.dl4j;

import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.features.StatisticsSource;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.finetune.AdapterAssembly;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.spi.TargetModules;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a network is to be adapted: the kind of adapter, the layers that get one, what else is
 * trained. Immutable; each method gives a changed copy.
 *
 * <p>The layers that get an adapter are the dense ones that the adapter's {@code target_modules}
 * name (by name, by a regular expression, or {@code all-linear}). Their weights are frozen. So is
 * every other layer, unless {@link #alsoTraining} names it; frozen layers run as they do at test
 * time, without dropout.
 */
public final class NetworkAdaptation {

  private final Catalog catalog;
  private final AdapterFactory<?> factory;
  private final String settings;
  private final @Nullable SubspaceConstraint constraint;
  private final @Nullable TaskStatistics own;
  private final List<TaskStatistics> others;
  private final @Nullable TargetModules trained;
  private final Optional<FineTuneConfiguration> tuning;
  private final long seed;

  NetworkAdaptation(Catalog catalog, AdapterFactory<?> factory, String settings) {
    this(catalog, factory, settings, null, null, List.of(), null, Optional.empty(), 0);
  }

  private NetworkAdaptation(
      Catalog catalog,
      AdapterFactory<?> factory,
      String settings,
      @Nullable SubspaceConstraint constraint,
      @Nullable TaskStatistics own,
      List<TaskStatistics> others,
      @Nullable TargetModules trained,
      Optional<FineTuneConfiguration> tuning,
      long seed) {
    this.catalog = catalog;
    this.factory = factory;
    this.settings = settings;
    this.constraint = constraint;
    this.own = own;
    this.others = List.copyOf(others);
    this.trained = trained;
    this.tuning = tuning;
    this.seed = seed;
  }

  /**
   * With a constraint that chooses where adapters start, such as {@code osrm}.
   *
   * @param type the constraint's name
   * @param yaml its settings, {@code "{}"} for its defaults; {@code hold} is {@code init-only} or
   *     {@code frozen}
   * @throws dev.orthant.core.plugin.UnknownPluginException if there is no such constraint
   * @throws dev.orthant.core.config.ConfigurationException if the settings are wrong
   */
  public NetworkAdaptation constrainedBy(String type, String yaml) {
    SubspaceConstraint made = constraint(catalog.constraint(type), yaml);
    return new NetworkAdaptation(
        catalog, factory, settings, made, own, others, trained, tuning, seed);
  }

  /**
   * With what is known of the features of tasks; see {@link NetworkStatistics}.
   *
   * @param ofThisTask null if they are not known
   * @param ofOthers those of the other tasks
   */
  public NetworkAdaptation statistics(
      @Nullable TaskStatistics ofThisTask, List<TaskStatistics> ofOthers) {
    return new NetworkAdaptation(
        catalog, factory, settings, constraint, ofThisTask, ofOthers, trained, tuning, seed);
  }

  /**
   * With layers that go on being trained as a whole.
   *
   * @param layers their names, as {@link TargetModules} matches them
   */
  public NetworkAdaptation alsoTraining(String... layers) {
    return new NetworkAdaptation(
        catalog,
        factory,
        settings,
        constraint,
        own,
        others,
        TargetModules.of(layers),
        tuning,
        seed);
  }

  /**
   * With other settings for what is trained, as Deeplearning4j's transfer learning applies them.
   * Without, adapters have their layers' updaters and regularisation.
   */
  public NetworkAdaptation fineTune(FineTuneConfiguration changes) {
    return new NetworkAdaptation(
        catalog, factory, settings, constraint, own, others, trained, Optional.of(changes), seed);
  }

  /** With a seed of the adapters' first values; 0 otherwise. */
  public NetworkAdaptation seed(long ofFirstValues) {
    return new NetworkAdaptation(
        catalog, factory, settings, constraint, own, others, trained, tuning, ofFirstValues);
  }

  /**
   * A network with fresh adapters on its layers, ready to be fitted. It gives what the network
   * gives until it is trained. The network itself stays as it is.
   *
   * @param network a MultiLayerNetwork or ComputationGraph
   * @throws IllegalArgumentException if no layer matches, a layer has an adapter already, or the
   *     constraint lacks statistics
   */
  public <N extends Model> N applyTo(N network) {
    return applyTo(factory, NetworkLayers.of(network));
  }

  private <C extends Record, N extends Model> N applyTo(
      AdapterFactory<C> adapters, NetworkLayers<N> layers) {
    requirePlain(layers);
    requireStatisticsOf(layers);
    C config = new ConfigDecoder().decode(settings, adapters.configType(), adapters.defaults());
    NetworkSites sites = new NetworkSites(layers);
    AdapterSet fresh =
        new AdapterAssembly<>(adapters, config, constraint).assemble(sites, own, others, seed);
    requireOwnParameters(fresh);
    Map<String, C> plan =
        adapters.plan(config, sites.sites(), own == null ? Map.of() : own.modules());
    Map<String, AdaptedDenseLayer> adapted = new LinkedHashMap<>();
    for (NetworkLayer layer : layers.all()) {
      Adapter adapter = fresh.of(layer.name());
      C here = plan.get(layer.name());
      if (adapter != null && here != null) {
        LayerAdapter description = LayerAdapter.of(layer.name(), adapters, here, adapter);
        DenseLayer dense = layer.dense().orElseThrow();
        adapted.put(layer.name(), new AdaptedDenseLayer(dense, description, adapters));
      }
    }
    N network = new AdaptedNetwork<>(layers, adapted, alsoTrained(layers)).built(tuning);
    NetworkLayers.of(network).all().forEach(layer -> start(layer.table(), fresh.of(layer.name())));
    return network;
  }

  private static void start(Map<String, INDArray> table, @Nullable Adapter adapter) {
    if (adapter != null) {
      AdapterValues.set(table, adapter);
    }
  }

  private Set<String> alsoTrained(NetworkLayers<?> layers) {
    if (trained == null) {
      return Set.of();
    }
    List<Site> all =
        layers.all().stream().map(layer -> new Site(layer.name(), layer.index(), 1, 1)).toList();
    Set<String> names = trained.select(all).stream().map(Site::module).collect(Collectors.toSet());
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          "no layer matches %s, which is to be trained; there are %s"
              .formatted(trained.include(), all.stream().map(Site::module).toList()));
    }
    return names;
  }

  private static void requirePlain(NetworkLayers<?> layers) {
    List<String> adapted =
        layers.all().stream()
            .filter(layer -> layer.adapted().isPresent())
            .map(NetworkLayer::name)
            .toList();
    if (!adapted.isEmpty()) {
      throw new IllegalArgumentException(
          "layers %s have adapters already; fold them in, or adapt the network they were put on"
              .formatted(adapted));
    }
  }

  private void requireStatisticsOf(NetworkLayers<?> layers) {
    StatisticsSource source = NetworkStatistics.source(layers);
    Stream.concat(Stream.ofNullable(own), others.stream())
        .forEach(
            statistics -> {
              List<String> misfits = source.misfits(statistics.source(), Set.of(), Set.of());
              if (!misfits.isEmpty()) {
                throw new IllegalArgumentException(
                    "the statistics of task '%s' are %s"
                        .formatted(statistics.task(), String.join(", and ", misfits)));
              }
            });
  }

  private static void requireOwnParameters(AdapterSet adapters) {
    Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    adapters
        .byModule()
        .forEach(
            (module, adapter) ->
                adapter
                    .parameters()
                    .forEach(
                        p -> {
                          if (!seen.add(p)) {
                            throw new IllegalArgumentException(
                                "'%s' of layer '%s' is shared with another layer, and the layers of a network share nothing"
                                    .formatted(p.name(), module));
                          }
                        }));
  }

  private static <C extends Record> SubspaceConstraint constraint(
      SubspaceConstraintFactory<C> constraints, String yaml) {
    return constraints.create(
        new ConfigDecoder().decode(yaml, constraints.configType(), constraints.defaults()));
  }
}
