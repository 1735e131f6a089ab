package dev.orthant.core.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OpenBlasCoreTest {

  private static final String AVX512 =
      "vendor_id : GenuineIntel\nflags\t: fpu avx2 fma avx512f avx512dq avx512cd avx512bw avx512vl\n";

  @Test
  void intelProcessorsGetTheKernelsOfTheirInstructionSet() {
    assertThat(OpenBlasCore.ofCpuInfo(AVX512)).contains("SkylakeX");
    assertThat(OpenBlasCore.ofCpuInfo("vendor_id : GenuineIntel\nflags : avx2 fma sse4_2\n"))
        .contains("Haswell");
  }

  @Test
  void otherProcessorsAreLeftToOpenBlas() {
    assertThat(OpenBlasCore.ofCpuInfo(AVX512.replace("GenuineIntel", "AuthenticAMD"))).isEmpty();
    assertThat(OpenBlasCore.ofCpuInfo("vendor_id : GenuineIntel\nflags : sse4_2\n")).isEmpty();
    assertThat(OpenBlasCore.ofCpuInfo("")).isEmpty();
  }
}
