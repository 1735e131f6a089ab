package dev.orthant.docs.examples;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.util.Modules;
import dev.orthant.core.application.BaseModel;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.wiring.Orthant;
import dev.orthant.core.wiring.OrthantModule;
import jakarta.inject.Inject;
import java.nio.file.Path;

/** Ways to put Orthant together. */
final class Wirings {

  private Wirings() {}

  static float[] backend(Path model, String text) {
    // region backend
    System.setProperty("org.bytedeco.javacpp.maxbytes", "4G"); // before the first model
    try (Orthant orthant = Orthant.builder().threads(2).precision(Precision.FP32).build();
        BaseModel base = orthant.open(model)) {
      return base.encoder().embed(text);
    }
    // endregion
  }

  // region guice
  /** A service of an application that uses Guice. */
  static final class Embeddings {

    private final BaseModel base;

    @Inject
    Embeddings(Orthant orthant, Path model) {
      this.base = orthant.open(model);
    }

    float[] of(String text) {
      return base.encoder().embed(text);
    }
  }

  /** The application's own module: it replaces what computes. */
  static final class PortableModule extends AbstractModule {

    @Override
    protected void configure() {
      bind(Kernels.class).toInstance(new PortableKernels());
    }
  }

  static Injector application(Path model) {
    return Guice.createInjector(
        Modules.override(OrthantModule.builder().threads(2).build()).with(new PortableModule()),
        binder -> {
          binder.bind(Path.class).toInstance(model);
          binder.bind(Embeddings.class).asEagerSingleton();
        });
  }
  // endregion
}
