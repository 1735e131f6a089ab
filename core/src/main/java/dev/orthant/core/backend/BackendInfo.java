package dev.orthant.core.backend;

/**
 * What ND4J computes with.
 *
 * @param backend the simple name of ND4J's backend class
 * @param cpu whether it is the processor
 * @param extension which build of the library, such as {@code -onednn-avx512}; empty for the
 *     generic one
 * @param blas the libraries of matrix products, with their versions where they are known
 * @param threads how many threads an operation may use
 */
public record BackendInfo(String backend, boolean cpu, String extension, String blas, int threads) {

  /**
   * One line, such as {@code CpuBackend (onednn-avx512), OpenBLAS 0.3.19 and oneDNN 2.5.2 (AMX), 2
   * threads}.
   */
  @Override
  public String toString() {
    String build = extension.isEmpty() ? "generic" : extension.substring(1);
    return "%s%s, %s, %d thread%s"
        .formatted(backend, cpu ? " (" + build + ")" : "", blas, threads, threads == 1 ? "" : "s");
  }
}
