package dev.orthant.core.train;

import java.io.IOException;
import java.nio.file.Path;

/** Writes the model as it is now, in a form that others read, into a folder that exists. */
@FunctionalInterface
public interface SnapshotWriter {

  /** Writes into the folder. */
  void write(Path folder) throws IOException;
}
