package dev.orthant.core.spi;

import dev.orthant.core.stats.FeatureStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A kind of adapter.
 *
 * @param <C> its configuration
 */
public interface AdapterFactory<C extends Record> extends Component<C> {

  /**
   * Chooses the sites that get an adapter and each one's configuration: target modules are matched,
   * ranks are shared out.
   *
   * @param sites everything that could be adapted, in the model's order
   * @return module path to configuration, in the order of {@code sites}; never empty
   * @throws IllegalArgumentException if no site matches, naming the targets and some of the modules
   *     there are
   */
  Map<String, C> plan(C config, List<Site> sites);

  /**
   * {@link #plan(Record, List)} where the task's features are known, for adapters that share ranks
   * out by them. The sites that get an adapter are among those of the plan without features.
   *
   * @param features module path to the statistics of this task's features there; empty if they are
   *     not known
   * @throws IllegalArgumentException if no site matches, or features are needed and missing
   */
  default Map<String, C> plan(C config, List<Site> sites, Map<String, FeatureStatistics> features) {
    return plan(config, sites);
  }

  /**
   * Why it cannot be combined with a subspace constraint, in one sentence; empty if it can, as most
   * can. One that cannot is never given a basis.
   */
  default Optional<String> refusesBasis() {
    return Optional.empty();
  }

  /** The rank of the basis that a constraint has to provide for a site of this configuration. */
  int rank(C config);

  /** A fresh adapter: it changes nothing until it is trained. */
  Adapter create(C config, AdapterSite site);

  /**
   * An adapter as {@link #create} makes it, whose parameters' values are about to be replaced by
   * saved ones: nothing is needed or computed that only decides where training starts. To be
   * overridden where that needs statistics or takes long.
   */
  default Adapter blank(C config, AdapterSite site) {
    return create(config, site);
  }

  /** The laws of the adapter contract that it obeys. */
  Set<AdapterLaw> laws();
}
