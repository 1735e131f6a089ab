package dev.orthant.core.wiring;

import dev.orthant.core.application.Models;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.family.Architectures;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.plugin.Catalog;
import jakarta.inject.Inject;
import jakarta.inject.Provider;

/** Makes what opens models, which are closed with the injector's {@link Orthant}. */
final class ModelsProvider implements Provider<Models> {

  private final Provider<Kernels> kernels;
  private final Architectures architectures;
  private final Catalog catalog;
  private final ConfigDecoder decoder;
  private final Lifetime lifetime;

  @Inject
  ModelsProvider(
      Provider<Kernels> kernels,
      Architectures architectures,
      Catalog catalog,
      ConfigDecoder decoder,
      Lifetime lifetime) {
    this.kernels = kernels;
    this.architectures = architectures;
    this.catalog = catalog;
    this.decoder = decoder;
    this.lifetime = lifetime;
  }

  @Override
  public Models get() {
    return lifetime.closesFirst(new Models(kernels::get, architectures, catalog, decoder));
  }
}
