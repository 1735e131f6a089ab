package dev.orthant.cli;

import java.io.IOException;
import java.nio.file.Path;

/** Gets files from where Maven gets them. */
@FunctionalInterface
interface ArtifactFetcher {

  /**
   * Gets the jar of an artifact, without its dependencies.
   *
   * @param coordinates {@code group:artifact:version}
   * @param folder an empty folder to put it into
   * @return the jar in that folder
   * @throws IOException if it cannot be had; the message says why
   */
  Path fetch(String coordinates, Path folder) throws IOException;
}
