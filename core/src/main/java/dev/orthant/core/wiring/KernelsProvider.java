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

  @Inject
  KernelsProvider(Provider<WorkerPool> pool) {
    this.pool = pool;
  }

  @Override
  public Kernels get() {
    return NativeBackend.load().cpu() ? new CpuKernels(pool.get()) : new PortableKernels();
  }
}
