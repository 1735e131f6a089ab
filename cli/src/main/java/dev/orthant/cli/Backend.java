package dev.orthant.cli;

import dev.orthant.core.backend.BackendException;
import dev.orthant.core.backend.BackendInfo;
import dev.orthant.core.backend.NativeBackend;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The arrays' library, started by the first command that computes. */
final class Backend {

  private static final Logger LOG = LoggerFactory.getLogger(Backend.class);

  private @Nullable BackendInfo info;

  /**
   * Starts it unless it runs, and says what it is. To be called before any array is made.
   *
   * @throws BackendException if this machine cannot run it
   */
  synchronized BackendInfo start() {
    if (info == null) {
      info = NativeBackend.load();
      LOG.info("Computing with {}", info);
    }
    return info;
  }
}
