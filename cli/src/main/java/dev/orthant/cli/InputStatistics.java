package dev.orthant.cli;

import dev.orthant.core.features.StatisticsFile;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.eval.study.ExpertStatistics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The statistics of the inputs' own features, for mergers that ask for them: files named on the
 * command line, or those that lie in the inputs' folders.
 *
 * @param files one an input; empty for those in the folders
 */
record InputStatistics(List<Path> files) {

  /**
   * Of one input, under the names that it has for its modules: a headed model puts a name in front
   * of all of them, which statistics of its base do not have. Modules without statistics are left
   * out.
   */
  Map<String, FeatureStatistics> of(int index, Path input, Collection<String> modules) {
    Optional<Path> file = file(index, input);
    if (file.isEmpty()) {
      return Map.of();
    }
    Map<String, FeatureStatistics> there = StatisticsFile.read(file.get()).modules();
    Map<String, FeatureStatistics> named = new LinkedHashMap<>();
    for (String module : modules) {
      there.forEach(
          (name, features) -> {
            if (module.equals(name) || module.endsWith("." + name) || name.endsWith("." + module)) {
              named.put(module, features);
            }
          });
    }
    return named;
  }

  /** The file of one input; empty if none was named and none lies in its folder. */
  Optional<Path> file(int index, Path input) {
    return files.isEmpty()
        ? Optional.of(input.resolve(ExpertStatistics.FILE)).filter(Files::exists)
        : Optional.of(files.get(index));
  }
}
