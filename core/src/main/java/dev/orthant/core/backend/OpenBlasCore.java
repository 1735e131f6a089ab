package dev.orthant.core.backend;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells OpenBLAS which of its kernels this processor runs.
 *
 * <p>OpenBLAS 0.3.19, which ND4J ships, knows processors by model number and takes one newer than
 * itself for a Prescott of 2004: on an Emerald Rapids Xeon its products are 5 to 7 times slower
 * than with the kernels it has for that instruction set. What it reads when its library is loaded
 * is an environment variable, so that one is set in this process, unless somebody has set it
 * already.
 */
final class OpenBlasCore {

  private static final Logger LOG = LoggerFactory.getLogger(OpenBlasCore.class);

  private static final String VARIABLE = "OPENBLAS_CORETYPE";
  private static final Set<String> SKYLAKE_X =
      Set.of("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl");
  private static final Set<String> HASWELL = Set.of("avx2", "fma");

  private OpenBlasCore() {}

  /**
   * The name of the kernels for an Intel processor described by Linux; empty for processors that
   * OpenBLAS is left to recognise.
   *
   * @param cpuInfo the text of {@code /proc/cpuinfo}
   */
  static Optional<String> ofCpuInfo(String cpuInfo) {
    if (!cpuInfo.contains("GenuineIntel")) {
      return Optional.empty();
    }
    Set<String> flags =
        cpuInfo
            .lines()
            .filter(line -> line.startsWith("flags") && line.contains(":"))
            .findFirst()
            .map(
                line ->
                    Set.copyOf(
                        List.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+"))))
            .orElse(Set.of());
    if (flags.containsAll(SKYLAKE_X)) {
      return Optional.of("SkylakeX");
    }
    return flags.containsAll(HASWELL) ? Optional.of("Haswell") : Optional.empty();
  }

  /** Sets the variable for libraries that are loaded after this, on systems that have setenv. */
  static void announce(String core) {
    if (System.getenv(VARIABLE) != null || !(Platform.isLinux() || Platform.isMac())) {
      return;
    }
    try {
      Function.getFunction(Platform.C_LIBRARY_NAME, "setenv")
          .invokeInt(new Object[] {VARIABLE, core, 0});
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      LOG.debug("{} could not be set; OpenBLAS chooses by itself", VARIABLE, e);
    }
  }
}
