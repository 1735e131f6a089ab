package dev.orthant.core.wiring;

import dev.orthant.core.kernel.WorkerPool;
import jakarta.inject.Inject;
import jakarta.inject.Provider;

/** Starts the threads, which end with the injector's {@link Orthant}. */
final class WorkerPoolProvider implements Provider<WorkerPool> {

  private final Settings settings;
  private final Lifetime lifetime;

  @Inject
  WorkerPoolProvider(Settings settings, Lifetime lifetime) {
    this.settings = settings;
    this.lifetime = lifetime;
  }

  @Override
  public WorkerPool get() {
    return lifetime.closesLast(new WorkerPool(settings.threads()));
  }
}
