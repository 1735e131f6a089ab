package dev.orthant.core.testing;

import dev.orthant.core.backend.BackendException;
import dev.orthant.core.backend.NativeBackend;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Starts the native backend with this machine's settings before the first test of a module. */
public final class NativeBackendSession implements LauncherSessionListener {

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    try {
      NativeBackend.load();
    } catch (BackendException e) {
      // Tests of a module without a native backend do without; others will say what they miss.
    }
  }
}
