package dev.orthant.core.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NativeBackendTest {

  @Test
  void theBackendOnTheClassPathIsLoadedAndDescribed() {
    BackendInfo info = NativeBackend.load();

    assertThat(info.backend()).isEqualTo("CpuBackend");
    assertThat(info.cpu()).isTrue();
    assertThat(info.threads()).isPositive();
    assertThat(info.toString()).startsWith("CpuBackend (").contains("OpenBLAS 0.");
  }

  @Test
  void theLineNamesTheBuildOfTheLibrary() {
    BackendInfo fast = new BackendInfo("CpuBackend", true, "-onednn-avx2", "OpenBLAS 0.3.19", 1);
    BackendInfo card = new BackendInfo("JCublasBackend", false, "", "CUBLAS", 8);

    assertThat(fast).hasToString("CpuBackend (onednn-avx2), OpenBLAS 0.3.19, 1 thread");
    assertThat(card).hasToString("JCublasBackend, CUBLAS, 8 threads");
  }

  @Test
  void arraysMayTakeHalfOfTheMemory() {
    assertThat(NativeSettings.of(NativeExtension.GENERIC, 10_000))
        .containsEntry("org.bytedeco.javacpp.maxbytes", "5000")
        .containsEntry("org.bytedeco.javacpp.maxphysicalbytes", "9000")
        .doesNotContainKey(NativeSettings.EXTENSION);
    assertThat(NativeSettings.of(NativeExtension.ONEDNN_AVX2, 0))
        .containsEntry(NativeSettings.EXTENSION, "-onednn-avx2")
        .doesNotContainKey("org.bytedeco.javacpp.maxbytes");
  }
}
