package dev.orthant.core.spi;

/**
 * The version of these interfaces. A plug-in's jar may say in its manifest which one it was built
 * against ({@code Orthant-Spi-Version: 1.0}); one that names another major version, or a minor
 * version that is newer than this one, is refused at start. The minor version may be left out.
 */
public final class SpiVersion {

  /** Raised when an existing plug-in would no longer compile or run. */
  public static final int MAJOR = 1;

  /** Raised when something is added that a new plug-in may use; 0 with each major version. */
  public static final int MINOR = 0;

  /** The manifest entry. */
  public static final String MANIFEST_ENTRY = "Orthant-Spi-Version";

  private SpiVersion() {}
}
