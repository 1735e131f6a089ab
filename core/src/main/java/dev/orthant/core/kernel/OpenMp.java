package dev.orthant.core.kernel;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.util.Optional;
import java.util.function.Supplier;

/** GNU's OpenMP library, as far as oneDNN has to be told how many threads it may use. */
final class OpenMp {

  private static final String LIBRARY = "libgomp.so.1";

  private final Function setThreads;
  private final Function maxThreads;

  private OpenMp(NativeLibrary library) {
    this.setThreads = library.getFunction("omp_set_num_threads");
    this.maxThreads = library.getFunction("omp_get_max_threads");
  }

  /** The library that other native code of this process has loaded. */
  static Optional<OpenMp> loaded() {
    try {
      return Optional.of(new OpenMp(NativeLibrary.getInstance(LIBRARY)));
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      return Optional.empty();
    }
  }

  /** Does something while this thread may use no others; what other code of it sees is restored. */
  <T> T onOneThread(Supplier<T> work) {
    int before = maxThreads.invokeInt(new Object[0]);
    setThreads.invokeVoid(new Object[] {1});
    try {
      return work.get();
    } finally {
      setThreads.invokeVoid(new Object[] {before});
    }
  }
}
