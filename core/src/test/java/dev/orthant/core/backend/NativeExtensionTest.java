package dev.orthant.core.backend;

import static dev.orthant.core.backend.NativeExtension.GENERIC;
import static dev.orthant.core.backend.NativeExtension.ONEDNN_AVX2;
import static dev.orthant.core.backend.NativeExtension.ONEDNN_AVX512;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NativeExtensionTest {

  private static final String SANDY_BRIDGE =
      "flags\t\t: fpu vme sse4_1 sse4_2 popcnt aes xsave avx";
  private static final String HASWELL = SANDY_BRIDGE + " fma f16c bmi1 avx2 bmi2";
  private static final String SKYLAKE_SERVER =
      HASWELL + " avx512f avx512dq avx512cd avx512bw avx512vl";
  private static final String KNIGHTS_LANDING = HASWELL + " avx512f avx512cd avx512er avx512pf";

  @Test
  void theFastestBuildThatTheFlagsAllowIsTaken() {
    assertThat(NativeExtension.ofCpuInfo(cpus(SANDY_BRIDGE))).isEqualTo(GENERIC);
    assertThat(NativeExtension.ofCpuInfo(cpus(HASWELL, HASWELL))).isEqualTo(ONEDNN_AVX2);
    assertThat(NativeExtension.ofCpuInfo(cpus(SKYLAKE_SERVER))).isEqualTo(ONEDNN_AVX512);
  }

  @Test
  void aPartOfAvx512IsNotEnough() {
    assertThat(NativeExtension.ofCpuInfo(cpus(KNIGHTS_LANDING))).isEqualTo(ONEDNN_AVX2);
  }

  @Test
  void theWeakestProcessorDecides() {
    assertThat(NativeExtension.ofCpuInfo(cpus(SKYLAKE_SERVER, HASWELL))).isEqualTo(ONEDNN_AVX2);
  }

  @Test
  void textWithoutFlagsMeansGeneric() {
    assertThat(NativeExtension.ofCpuInfo("")).isEqualTo(GENERIC);
    assertThat(NativeExtension.ofCpuInfo("processor\t: 0\nFeatures\t: fp asimd avx2 fma\n"))
        .isEqualTo(GENERIC);
  }

  @Test
  void theVirtualMachinesViewServesOtherSystems() {
    assertThat(NativeExtension.ofUseAvx(0)).isEqualTo(GENERIC);
    assertThat(NativeExtension.ofUseAvx(1)).isEqualTo(GENERIC);
    assertThat(NativeExtension.ofUseAvx(2)).isEqualTo(ONEDNN_AVX2);
    assertThat(NativeExtension.ofUseAvx(3)).isEqualTo(ONEDNN_AVX512);
  }

  private static String cpus(String... flagLines) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < flagLines.length; i++) {
      text.append("processor\t: ").append(i).append("\nmodel name\t: a processor\n");
      text.append(flagLines[i]).append("\nvmx flags\t: vnmi avx512f\n\n");
    }
    return text.toString();
  }
}
