package dev.orthant.core.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Unpacks what an import needs of a TensorFlow SavedModel in a ZIP. */
final class ModelArchive {

  /** The path of the index within a SavedModel. */
  static final String INDEX = "variables/variables.index";

  /** The path of the vocabulary within a SavedModel. */
  static final String VOCABULARY = "assets/vocab.txt";

  private static final List<String> WANTED =
      List.of("variables/variables\\.(index|data-\\d{5}-of-\\d{5})", "assets/vocab\\.txt");

  private ModelArchive() {}

  /**
   * Unpacks into a folder that exists; entries other than variables and vocabulary are left out.
   *
   * @param name for messages
   * @throws CheckpointException if it is no such ZIP
   */
  static void unpack(Path name, InputStream zip, Path folder) throws IOException {
    ZipInputStream entries = new ZipInputStream(zip);
    for (ZipEntry e = entries.getNextEntry(); e != null; e = entries.getNextEntry()) {
      String path = e.getName();
      if (WANTED.stream().anyMatch(path::matches)) {
        Path target = folder.resolve(path);
        Files.createDirectories(target.getParent());
        Files.copy(entries, target);
      }
    }
    for (String path : List.of(INDEX, VOCABULARY)) {
      if (!Files.isRegularFile(folder.resolve(path))) {
        throw new CheckpointException(name, "is not a ZIP of a SavedModel with " + path);
      }
    }
  }
}
