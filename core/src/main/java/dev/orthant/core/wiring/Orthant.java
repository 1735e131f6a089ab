package dev.orthant.core.wiring;

import static java.util.Objects.requireNonNull;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.util.Modules;
import dev.orthant.core.application.BaseModel;
import dev.orthant.core.application.Models;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.plugin.Catalog;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Orthant inside an application.
 *
 * <pre>{@code
 * try (Orthant orthant = Orthant.create();
 *     BaseModel base = orthant.open(Path.of("all-minilm-l6-v2"))) {
 *   float[] vector = base.encoder().embed("A text.");
 * }
 * }</pre>
 *
 * <p>Applications that use Guice install {@link OrthantModule} instead, and inject this. Any number
 * of them can live in one virtual machine, each with its plug-ins, threads and models; what the
 * whole process has once is the native backend, which starts with the first model.
 *
 * <p>Safe for use by several threads. {@link #close} closes the models that are still open and ends
 * the threads.
 */
public final class Orthant implements AutoCloseable {

  private final Provider<Models> models;
  private final Provider<Kernels> kernels;
  private final Catalog catalog;
  private final Injector injector;
  private final Lifetime lifetime;

  @Inject
  Orthant(
      Provider<Models> models,
      Provider<Kernels> kernels,
      Catalog catalog,
      Injector injector,
      Lifetime lifetime) {
    this.models = models;
    this.kernels = kernels;
    this.catalog = catalog;
    this.injector = injector;
    this.lifetime = lifetime;
  }

  /** With the plug-ins of the class path and a thread for each processor. */
  public static Orthant create() {
    return builder().build();
  }

  /** To choose threads, plug-in folders or parts of one's own. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Loads a model folder in Hugging Face's layout.
   *
   * @throws dev.orthant.core.checkpoint.CheckpointException if it is not a model that is supported,
   *     saying why
   */
  public BaseModel open(Path folder) {
    return models.get().open(folder);
  }

  /** The plug-ins, by kind and name. */
  public Catalog catalog() {
    return catalog;
  }

  /** What computes; asking for it starts the native backend. */
  public Kernels kernels() {
    return kernels.get();
  }

  /** Whatever else is bound, by {@link OrthantModule} or by a module of the application. */
  public <T> T get(Class<T> type) {
    return injector.getInstance(type);
  }

  /**
   * Closes models that are still open, once no request runs with them, and ends the threads.
   * Nothing that Orthant started is left, but for the native backend itself.
   */
  @Override
  public void close() {
    lifetime.close();
  }

  /** Collects what is to be different from the defaults. */
  public static final class Builder {

    private final OrthantModule.Builder module = OrthantModule.builder();
    private final List<Module> added = new ArrayList<>();
    private final List<Module> overriding = new ArrayList<>();

    private Builder() {}

    /** The class loader that plug-ins are looked for in. */
    public Builder classLoader(ClassLoader loader) {
      module.classLoader(loader);
      return this;
    }

    /** Adds a plug-in folder, {@code folder/<name>/*.jar}; it must exist. */
    public Builder pluginFolder(Path folder) {
      module.pluginFolder(folder);
      return this;
    }

    /** How many threads compute; by default one for each processor. */
    public Builder threads(int count) {
      module.threads(count);
      return this;
    }

    /** The precision of products with base models' weights; single by default. */
    public Builder precision(Precision precision) {
      module.precision(precision);
      return this;
    }

    /** Adds bindings, such as components of the application. */
    public Builder with(Module module) {
      added.add(requireNonNull(module, "module"));
      return this;
    }

    /** Replaces bindings of {@link OrthantModule}. */
    public Builder overriding(Module module) {
      overriding.add(requireNonNull(module, "module"));
      return this;
    }

    /**
     * Finds the plug-ins and puts everything together; no thread is started and no native code
     * loaded yet.
     *
     * @throws dev.orthant.core.plugin.PluginException if a plug-in cannot be used, naming its jar
     */
    public Orthant build() {
      List<Module> modules = new ArrayList<>(added);
      modules.add(Modules.override(module.build()).with(overriding));
      return Guice.createInjector(modules).getInstance(Orthant.class);
    }
  }
}
