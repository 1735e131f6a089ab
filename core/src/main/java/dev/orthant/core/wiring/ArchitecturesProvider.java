package dev.orthant.core.wiring;

import dev.orthant.core.family.Architectures;
import dev.orthant.core.plugin.Catalog;
import jakarta.inject.Inject;
import jakarta.inject.Provider;

/** The families of the catalog. */
final class ArchitecturesProvider implements Provider<Architectures> {

  private final Catalog catalog;

  @Inject
  ArchitecturesProvider(Catalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public Architectures get() {
    return new Architectures(catalog);
  }
}
