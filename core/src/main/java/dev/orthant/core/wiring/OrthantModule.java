package dev.orthant.core.wiring;

import static java.util.Objects.requireNonNull;

import com.google.inject.AbstractModule;
import com.google.inject.Binder;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import dev.orthant.core.application.Models;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.family.Architectures;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Plugin;
import dev.orthant.core.plugin.PluginDiscovery;
import dev.orthant.core.plugin.PluginException;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.DeltaTransformFactory;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.text.TaskFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What an application installs to use Orthant: binds {@link Orthant}, {@link Models}, {@link
 * Catalog}, {@link Architectures}, {@link ConfigDecoder}, {@link ConfigEncoder}, {@link WorkerPool}
 * and {@link Kernels}.
 *
 * <p>Plug-ins are discovered when the module is built. An application adds components, or replaces
 * discovered ones by giving the same name, from a module of its own:
 *
 * <pre>{@code
 * Guice.createInjector(
 *     OrthantModule.builder().pluginFolder(Path.of("plugins")).build(),
 *     binder -> OrthantModule.mergers(binder).addBinding().toInstance(new MyMerger()));
 * }</pre>
 *
 * <p>The pool and the kernels are made when first asked for, once an injector; kernels start ND4J's
 * backend. Who shuts an application down closes {@link Orthant}, which closes models and ends the
 * threads; they do not keep a process alive. The module works with strict injectors (explicit
 * bindings, {@code @Inject} on constructors, no circular proxies) and imposes none of that.
 */
public final class OrthantModule extends AbstractModule {

  private final List<Plugin> discovered;
  private final Settings settings;

  private OrthantModule(List<Plugin> discovered, Settings settings) {
    this.discovered = discovered;
    this.settings = settings;
  }

  /** The plug-ins of the class path, no folders, and a thread for each processor. */
  public static Builder builder() {
    return new Builder();
  }

  /** Where a module binds adapters of the application. */
  public static Multibinder<AdapterFactory<?>> adapters(Binder binder) {
    return Multibinder.newSetBinder(binder, new TypeLiteral<AdapterFactory<?>>() {});
  }

  /** Where a module binds constraints of the application. */
  public static Multibinder<SubspaceConstraintFactory<?>> constraints(Binder binder) {
    return Multibinder.newSetBinder(binder, new TypeLiteral<SubspaceConstraintFactory<?>>() {});
  }

  /** Where a module binds mergers of the application. */
  public static Multibinder<MergerFactory<?>> mergers(Binder binder) {
    return Multibinder.newSetBinder(binder, new TypeLiteral<MergerFactory<?>>() {});
  }

  /** Where a module binds transforms of the application. */
  public static Multibinder<DeltaTransformFactory<?>> transforms(Binder binder) {
    return Multibinder.newSetBinder(binder, new TypeLiteral<DeltaTransformFactory<?>>() {});
  }

  /** Where a module binds sources of tasks of the application. */
  public static Multibinder<TaskFactory<?>> tasks(Binder binder) {
    return Multibinder.newSetBinder(binder, new TypeLiteral<TaskFactory<?>>() {});
  }

  /** Where a module binds families of models of the application. */
  public static Multibinder<ArchitectureFactory> architectures(Binder binder) {
    return Multibinder.newSetBinder(binder, ArchitectureFactory.class);
  }

  @Override
  protected void configure() {
    Multibinder<Plugin> found = Multibinder.newSetBinder(binder(), Plugin.class, Discovered.class);
    discovered.forEach(plugin -> found.addBinding().toInstance(plugin));
    adapters(binder());
    constraints(binder());
    mergers(binder());
    transforms(binder());
    tasks(binder());
    architectures(binder());
    bind(Catalog.class).toProvider(CatalogProvider.class).asEagerSingleton();
    bind(Architectures.class).toProvider(ArchitecturesProvider.class);
    bind(ConfigDecoder.class).toInstance(new ConfigDecoder());
    bind(ConfigEncoder.class).toInstance(new ConfigEncoder());
    bind(Settings.class).toInstance(settings);
    bind(Lifetime.class).toProvider(Lifetime::new).in(new LazySingleton());
    bind(WorkerPool.class).toProvider(WorkerPoolProvider.class).in(new LazySingleton());
    bind(Kernels.class).toProvider(KernelsProvider.class).in(new LazySingleton());
    bind(Models.class).toProvider(ModelsProvider.class).in(new LazySingleton());
    bind(Orthant.class).in(new LazySingleton());
  }

  /** Collects where plug-ins come from. */
  public static final class Builder {

    private ClassLoader classLoader = requireNonNull(OrthantModule.class.getClassLoader());
    private final List<Path> folders = new ArrayList<>();
    private int threads = Runtime.getRuntime().availableProcessors();
    private Precision precision = Precision.FP32;

    private Builder() {}

    /** The class loader that plug-ins are looked for in; by default the one of this class. */
    public Builder classLoader(ClassLoader loader) {
      this.classLoader = requireNonNull(loader, "loader");
      return this;
    }

    /** Adds a plug-in folder, {@code folder/<name>/*.jar}; it must exist. */
    public Builder pluginFolder(Path folder) {
      folders.add(requireNonNull(folder, "folder"));
      return this;
    }

    /** Adds plug-in folders; they must exist. */
    public Builder pluginFolders(List<Path> several) {
      several.forEach(this::pluginFolder);
      return this;
    }

    /** How many threads compute; by default one for each processor. */
    public Builder threads(int count) {
      if (count < 1) {
        throw new IllegalArgumentException("threads must be at least 1, was " + count);
      }
      this.threads = count;
      return this;
    }

    /** The precision of products with base models' weights; single by default. */
    public Builder precision(Precision wanted) {
      this.precision = requireNonNull(wanted, "wanted");
      return this;
    }

    /**
     * Discovers the plug-ins.
     *
     * @throws PluginException if one cannot be used, naming its jar
     */
    public OrthantModule build() {
      return new OrthantModule(
          new PluginDiscovery(classLoader, folders).discover(), new Settings(threads, precision));
    }
  }
}
