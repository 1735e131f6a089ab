package dev.orthant.core.spi;

/**
 * The version of these interfaces. A plug-in's jar may say in its manifest which one it was built
 * against ({@code Orthant-Spi-Version: 1}); one that names another major version is refused at
 * start. Minor versions only add, and need not be named.
 */
public final class SpiVersion {

  /** Raised when an existing plug-in would no longer compile or run. */
  public static final int MAJOR = 1;

  /** The manifest entry. */
  public static final String MANIFEST_ENTRY = "Orthant-Spi-Version";

  private SpiVersion() {}
}
