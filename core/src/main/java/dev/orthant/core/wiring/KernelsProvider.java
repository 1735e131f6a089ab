package dev.orthant.core.wiring;

import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.WorkerPool;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import org.nd4j.linalg.factory.Nd4j;

/** Chooses the kernels by ND4J's backend, which starts when they are first asked for. */
final class KernelsProvider implements Provider<Kernels> {

  private final Provider<WorkerPool> pool;

  @Inject
  KernelsProvider(Provider<WorkerPool> pool) {
    this.pool = pool;
  }

  @Override
  public Kernels get() {
    return Nd4j.getEnvironment().isCPU() ? new CpuKernels(pool.get()) : new PortableKernels();
  }
}
