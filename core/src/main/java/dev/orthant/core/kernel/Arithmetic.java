package dev.orthant.core.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * What {@link CpuKernels} computes with inside an operation: vector instructions by the JDK's
 * vector API where the virtual machine was started with it ({@code --add-modules
 * jdk.incubator.vector}), plain loops otherwise.
 */
interface Arithmetic {

  /** Operations on tiles. */
  TileMath tiles();

  /** Attention. */
  Attention attention();

  /** The fastest that this virtual machine has. */
  static Arithmetic best(WorkerPool pool, ThreadLocal<Workspace> workspace) {
    return hasVectors() ? vectors(pool, workspace) : new PlainArithmetic(pool, workspace);
  }

  /** Whether the vector API is there and compiled to vector instructions. */
  static boolean hasVectors() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        && vmOption("MaxVectorSize") >= 16
        && vmOption("TieredStopAtLevel") >= 4;
  }

  /**
   * Of HotSpot's optimising compiler; -1 where there is another, or the API is slower than loops.
   */
  private static long vmOption(String name) {
    HotSpotDiagnosticMXBean hotSpot =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return hotSpot == null ? -1 : Long.parseLong(hotSpot.getVMOption(name).getValue());
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }

  /*
   * By name, because classes that use the vector API can neither be compiled with the others (the
   * warning about an incubating module cannot be suppressed) nor loaded without its module.
   */
  private static Arithmetic vectors(WorkerPool pool, ThreadLocal<Workspace> workspace) {
    try {
      return (Arithmetic)
          Class.forName(Arithmetic.class.getPackageName() + ".VectorArithmetic")
              .getDeclaredConstructor(WorkerPool.class, ThreadLocal.class)
              .newInstance(pool, workspace);
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IllegalStateException("the vector API of this Java does not work here", e);
    }
  }
}
