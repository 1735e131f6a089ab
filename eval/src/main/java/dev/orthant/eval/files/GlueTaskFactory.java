package dev.orthant.eval.files;

import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import dev.orthant.core.text.TaskFactory;
import dev.orthant.core.text.TaskRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * GLUE's tasks from the files that people have: GLUE's own archives, unpacked, or Hugging Face's
 * data set as Parquet or JSON lines.
 *
 * <p>What is reported is GLUE's validation set, whose labels are public as those of its test set
 * are not. The rows to choose by are drawn from the training rows, a tenth of them and at most
 * 1,000 unless asked for otherwise; a training row with the texts of one of them is left out, so
 * nothing is chosen by what is reported or was trained on.
 */
public final class GlueTaskFactory implements TaskFactory<GlueTaskConfig> {

  private static final int MOST_HELD_OUT = 1000;
  private static final int SHARE_HELD_OUT = 10;

  /** For the service loader. */
  public GlueTaskFactory() {}

  @Override
  public String name() {
    return "glue";
  }

  @Override
  public GlueTaskConfig defaults() {
    return GlueTaskConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "GLUE: A Multi-Task Benchmark and Analysis Platform for Natural Language Understanding",
            "1804.07461"));
  }

  @Override
  public String summary() {
    return "The nine tasks of GLUE, from TSV, Parquet or JSON lines";
  }

  @Override
  public Optional<String> metric(GlueTaskConfig config) {
    return Optional.of(config.task().metric());
  }

  @Override
  public TaskData read(GlueTaskConfig config, TaskRequest request) {
    GlueFiles files = GlueFiles.find(config.task(), config.folder());
    List<Example> rows = shuffled(files.train(), request.seed());
    List<Example> reported = files.validation();
    int share = Math.min(MOST_HELD_OUT, Math.max(1, rows.size() / SHARE_HELD_OUT));
    List<Example> heldOut = first(rows, request.validationRowsOr(share));
    Set<List<String>> texts = new HashSet<>();
    heldOut.forEach(row -> texts.add(texts(row)));
    List<Example> train = new ArrayList<>(rows.subList(heldOut.size(), rows.size()));
    train.removeIf(row -> texts.contains(texts(row)));
    boolean all = request.testRowsOr(reported.size()) >= reported.size();
    return new TaskData(
        request.name(),
        config.task().labels(),
        first(train, request.trainRowsOr(train.size())),
        heldOut,
        all ? reported : first(shuffled(reported, request.seed()), request.testRowsOr(0)));
  }

  private static List<Example> first(List<Example> rows, int count) {
    return rows.subList(0, Math.min(count, rows.size()));
  }

  /** In an order that is a function of the seed and the texts, so that files in parts are equal. */
  private static List<Example> shuffled(List<Example> rows, long seed) {
    record Ranked(long rank, Example row) {}
    return rows.stream()
        .map(row -> new Ranked(CounterRandom.seed(seed, texts(row).toArray(String[]::new)), row))
        .sorted(Comparator.comparingLong(Ranked::rank))
        .map(Ranked::row)
        .toList();
  }

  private static List<String> texts(Example row) {
    return row.textB() == null ? List.of(row.textA()) : List.of(row.textA(), row.textB());
  }
}
