package dev.orthant.core.backend;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import dev.orthant.core.kernel.CpuKernels;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/**
 * Starts ND4J with the library that suits this machine.
 *
 * <p>Call {@link #load()} before anything else of ND4J is used: the libraries read their settings
 * once. System properties that are set already are kept. Embedders who configure ND4J themselves
 * need not call it.
 */
public final class NativeBackend {

  private static final String CUDA_BACKEND = "org/nd4j/linalg/jcublas/JCublasBackend.class";
  private static final String CPU_LIBRARIES = "org/nd4j/linalg/cpu/nativecpu/bindings/";
  private static final Set<String> X86 = Set.of("amd64", "x86_64");

  private NativeBackend() {}

  /**
   * Loads the backend on the class path; takes about a second, and some seconds at the first use on
   * a machine, when the libraries are unpacked.
   *
   * @throws BackendException if there is none, or this machine cannot run it
   */
  public static BackendInfo load() {
    ClassLoader loader = NativeBackend.class.getClassLoader();
    boolean cuda = loader.getResource(CUDA_BACKEND) != null;
    if (cuda) {
      CudaCards.requireSupported();
    }
    String cpuInfo = cpuInfo();
    OpenBlasCore.ofCpuInfo(cpuInfo).ifPresent(OpenBlasCore::announce);
    NativeSettings.of(cuda ? NativeExtension.GENERIC : extension(cpuInfo), memory())
        .forEach((key, value) -> System.getProperties().putIfAbsent(key, value));
    // ND4J asks the thread's loader otherwise, and finds no backend from a pool's thread.
    ND4JClassLoading.setNd4jClassloader(loader);
    try {
      Nd4jBackend backend = Nd4j.getBackend();
      return describe(backend, loader);
    } catch (ExceptionInInitializerError | NoClassDefFoundError | UnsatisfiedLinkError e) {
      throw new BackendException("ND4J does not start: " + rootMessage(e), e);
    }
  }

  private static BackendInfo describe(Nd4jBackend backend, ClassLoader loader) {
    boolean cpu = Nd4j.getEnvironment().isCPU();
    String vendor = Nd4j.factory().blas().getBlasVendor().toString();
    String version = openblas_nolapack.class.getPackage().getImplementationVersion();
    boolean openBlas = vendor.equals("OPENBLAS") && version != null;
    return new BackendInfo(
        backend.getClass().getSimpleName(),
        cpu,
        cpu ? loadedExtension(loader) : "",
        withFrozenProducts(cpu, openBlas ? "OpenBLAS " + version.replaceFirst("-.*", "") : vendor),
        Nd4j.getEnvironment().maxThreads());
  }

  private static String withFrozenProducts(boolean cpu, String blas) {
    return cpu ? CpuKernels.library().map(name -> blas + " and " + name).orElse(blas) : blas;
  }

  private static String loadedExtension(ClassLoader loader) {
    String asked = System.getProperty(NativeSettings.EXTENSION, "");
    String folder = CPU_LIBRARIES + Loader.getPlatform() + asked + "/";
    String library = System.mapLibraryName("jnind4jcpu");
    return loader.getResource(folder + library) == null ? "" : asked;
  }

  private static NativeExtension extension(String cpuInfo) {
    if (!X86.contains(System.getProperty("os.arch"))) {
      return NativeExtension.GENERIC;
    }
    if (!cpuInfo.isEmpty()) {
      return NativeExtension.ofCpuInfo(cpuInfo);
    }
    try {
      HotSpotDiagnosticMXBean hotSpot =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return NativeExtension.ofUseAvx(Integer.parseInt(hotSpot.getVMOption("UseAVX").getValue()));
    } catch (IllegalArgumentException e) {
      // Not said by this virtual machine: the generic build runs everywhere.
      return NativeExtension.GENERIC;
    }
  }

  /** Linux's description of the processors; empty elsewhere. */
  private static String cpuInfo() {
    Path cpuInfo = Path.of("/proc/cpuinfo");
    try {
      return Files.isReadable(cpuInfo) ? Files.readString(cpuInfo) : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
