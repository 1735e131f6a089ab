package dev.orthant.eval.tasks;

import java.io.InputStream;

/** Resources of a data package, which the user puts on the class path. */
final class PackageResources {

  private final ClassLoader loader;
  private final String artifact;

  /**
   * @param artifact Maven coordinates, group:artifact:version
   */
  PackageResources(ClassLoader loader, String artifact) {
    this.loader = loader;
    this.artifact = artifact;
  }

  /** Opens a resource; the caller closes it. */
  InputStream open(String path) {
    InputStream in = loader.getResourceAsStream(path);
    if (in == null) {
      throw new IllegalArgumentException(
          "the class path has no %s: add the Maven artifact %s to it".formatted(path, artifact));
    }
    return in;
  }
}
