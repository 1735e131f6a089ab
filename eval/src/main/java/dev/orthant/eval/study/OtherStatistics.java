package dev.orthant.eval.study;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.features.StatisticsFile;
import dev.orthant.core.features.TaskStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The statistics of tasks that are not in a study: those of earlier tasks, or of others' data. To
 * constraints they are other tasks of every task of the study.
 */
final class OtherStatistics {

  private final Study study;
  private @Nullable Map<String, String> digests;

  OtherStatistics(Study study) {
    this.study = study;
  }

  /**
   * The statistics, in the order of the files.
   *
   * @throws IllegalArgumentException with everything that is wrong: another base model, tokenizer,
   *     unit or other modules than the study's, a task of the study or one given twice
   * @throws CheckpointException if a file is missing or broken
   */
  List<TaskStatistics> read() {
    List<TaskStatistics> all = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Map<String, String> tasks = new HashMap<>();
    study.tasks().forEach(task -> tasks.put(task.name(), "this study"));
    for (Path file : study.run().evaluation().otherStatistics()) {
      TaskStatistics statistics = StatisticsFile.read(file);
      List<String> misfits =
          new ArrayList<>(
              study
                  .statisticsSource()
                  .misfits(
                      statistics.source(), statistics.modules().keySet(), study.adaptedModules()));
      String known = tasks.putIfAbsent(statistics.task(), file.toString());
      if (known != null) {
        misfits.add("of task '%s', which is in %s, too".formatted(statistics.task(), known));
      }
      if (!misfits.isEmpty()) {
        problems.add(file + " is " + String.join(", and ", misfits));
      }
      all.add(statistics);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("other statistics: " + String.join("; ", problems));
    }
    return all;
  }

  /** Each file's name and the SHA-256 of what is in it, shortened; computed at the first call. */
  synchronized Map<String, String> digests() {
    Map<String, String> known = digests;
    if (known == null) {
      known = computeDigests();
      digests = known;
    }
    return known;
  }

  private Map<String, String> computeDigests() {
    Map<String, String> found = new TreeMap<>();
    for (Path file : study.run().evaluation().otherStatistics()) {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        found.put(
            String.valueOf(file.getFileName()), HexFormat.of().formatHex(digest, 0, Long.BYTES));
      } catch (IOException e) {
        throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
    return found;
  }
}
