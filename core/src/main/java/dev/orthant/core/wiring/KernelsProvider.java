package dev.orthant.core.wiring;

import dev.orthant.core.backend.NativeBackend;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.WorkerPool;
import jakarta.inject.Inject;
import jakarta.inject.Provider;

/** Chooses the kernels by ND4J's backend, which starts when they are first asked for. */
final class KernelsProvider implements Provider<Kernels> {

  private final Provider<WorkerPool> pool;
  private final Settings settings;

  @Inject
  KernelsProvider(Provider<WorkerPool> pool, Settings settings) {
    this.pool = pool;
    this.settings = settings;
  }

  @Override
  public Kernels get() {
    Kernels kernels =
        NativeBackend.load().cpu() ? new CpuKernels(pool.get()) : new PortableKernels();
    return kernels.withPrecision(settings.precision());
  }
}
