package dev.orthant.core.backend;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The builds of ND4J's CPU library, by the instructions that they need. The generic one runs
 * everywhere and is 3 to 5 times slower on element-wise work.
 */
public enum NativeExtension {
  /** Any processor. */
  GENERIC("", Set.of()),
  /** AVX2 with fused multiply-add, and oneDNN. */
  ONEDNN_AVX2("-onednn-avx2", Set.of("avx2", "fma", "f16c", "bmi1", "bmi2")),
  /** The AVX-512 subset of server processors since 2017, and oneDNN. */
  ONEDNN_AVX512(
      "-onednn-avx512",
      Set.of(
          "avx2",
          "fma",
          "f16c",
          "bmi1",
          "bmi2",
          "avx512f",
          "avx512cd",
          "avx512bw",
          "avx512dq",
          "avx512vl"));

  private static final int AVX2 = 2;
  private static final int AVX512 = 3;

  private final String suffix;
  private final Set<String> flags;

  NativeExtension(String suffix, Set<String> flags) {
    this.suffix = suffix;
    this.flags = flags;
  }

  /** What follows the platform's name in the library's classifier; empty for {@link #GENERIC}. */
  public String suffix() {
    return suffix;
  }

  /**
   * The fastest build for a processor described by Linux.
   *
   * @param cpuInfo the text of {@code /proc/cpuinfo}; a flag counts when every processor in it has
   *     the flag
   * @return {@link #GENERIC} when the text lists no flags, as on processors other than x86
   */
  public static NativeExtension ofCpuInfo(String cpuInfo) {
    List<Set<String>> processors =
        cpuInfo
            .lines()
            .filter(line -> line.startsWith("flags") && line.contains(":"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .distinct()
            .map(line -> Set.copyOf(List.of(line.split("\\s+"))))
            .toList();
    if (processors.isEmpty()) {
      return GENERIC;
    }
    Predicate<NativeExtension> runs =
        extension -> processors.stream().allMatch(has -> has.containsAll(extension.flags));
    if (runs.test(ONEDNN_AVX512)) {
      return ONEDNN_AVX512;
    }
    return runs.test(ONEDNN_AVX2) ? ONEDNN_AVX2 : GENERIC;
  }

  /**
   * The fastest build for a processor described by HotSpot, for systems without {@code
   * /proc/cpuinfo}.
   *
   * @param useAvx the value of the virtual machine's option {@code UseAVX}: 3 for AVX-512, 2 for
   *     AVX2
   */
  public static NativeExtension ofUseAvx(int useAvx) {
    if (useAvx >= AVX512) {
      return ONEDNN_AVX512;
    }
    return useAvx == AVX2 ? ONEDNN_AVX2 : GENERIC;
  }
}
