package dev.orthant.core.kernel;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.util.Optional;
import java.util.function.Supplier;

/** OpenMP's threads, as far as oneDNN has to be told how many of them it may use. */
final class OpenMp {

  private static final String SET_THREADS = "omp_set_num_threads";
  private static final String MAX_THREADS = "omp_get_max_threads";
  private static final String GNU_LIBRARY = "libgomp.so.1";

  private final Function setThreads;
  private final Function maxThreads;

  private OpenMp(NativeLibrary library) {
    this.setThreads = library.getFunction(SET_THREADS);
    this.maxThreads = library.getFunction(MAX_THREADS);
  }

  /**
   * What oneDNN is linked with: GNU's library, unless one that is visible to the whole process
   * takes its place, as Intel's does where MKL is loaded.
   */
  static Optional<OpenMp> loaded() {
    try {
      return Optional.of(new OpenMp(NativeLibrary.getProcess()));
    } catch (UnsatisfiedLinkError e) {
      return gnu();
    } catch (NoClassDefFoundError e) {
      return Optional.empty();
    }
  }

  private static Optional<OpenMp> gnu() {
    try {
      return Optional.of(new OpenMp(NativeLibrary.getInstance(GNU_LIBRARY)));
    } catch (UnsatisfiedLinkError e) {
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
