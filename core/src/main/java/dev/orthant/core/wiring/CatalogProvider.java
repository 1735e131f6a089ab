package dev.orthant.core.wiring;

import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.Plugin;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.Component;
import dev.orthant.core.spi.DeltaTransformFactory;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.text.TaskFactory;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins what was discovered and what the application binds. */
final class CatalogProvider implements Provider<Catalog> {

  private static final Logger LOG = LoggerFactory.getLogger(CatalogProvider.class);

  private final Set<Plugin> discovered;
  private final List<Plugin> application = new ArrayList<>();

  @Inject
  CatalogProvider(
      @Discovered Set<Plugin> discovered,
      Set<AdapterFactory<?>> adapters,
      Set<SubspaceConstraintFactory<?>> constraints,
      Set<MergerFactory<?>> mergers,
      Set<DeltaTransformFactory<?>> transforms,
      Set<TaskFactory<?>> tasks,
      Set<ArchitectureFactory> architectures) {
    this.discovered = discovered;
    add(Kind.ADAPTER, adapters);
    add(Kind.CONSTRAINT, constraints);
    add(Kind.MERGER, mergers);
    add(Kind.TRANSFORM, transforms);
    add(Kind.TASK, tasks);
    add(Kind.ARCHITECTURE, architectures);
  }

  @Override
  public Catalog get() {
    for (Plugin own : application) {
      for (Plugin found : discovered) {
        if (own.kind() == found.kind() && own.name().equals(found.name())) {
          LOG.info(
              "The application's {} '{}' replaces the one of {}",
              own.kind(),
              own.name(),
              found.descriptor().jar());
        }
      }
    }
    return new Catalog(discovered, application);
  }

  private void add(Kind kind, Set<? extends Component<?>> components) {
    components.forEach(component -> application.add(Plugin.of(kind, component)));
  }
}
