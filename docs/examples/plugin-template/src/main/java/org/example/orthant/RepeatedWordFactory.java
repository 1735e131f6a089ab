package org.example.orthant;

import dev.orthant.core.spi.Reference;
import dev.orthant.core.text.TaskData;
import dev.orthant.core.text.TaskFactory;
import dev.orthant.core.text.TaskRequest;
import java.util.List;

/** A task: has a row of words one of them twice? Rows are drawn from the run's seed. */
public final class RepeatedWordFactory implements TaskFactory<RepeatedWordConfig> {

  private static final int TRAIN = 1000;
  private static final int OTHERS = 200;

  @Override
  public String name() {
    return "repeated-word";
  }

  @Override
  public String summary() {
    return "whether a row of words has one of them twice";
  }

  @Override
  public RepeatedWordConfig defaults() {
    return RepeatedWordConfig.defaults();
  }

  /** Where the data is from; may be empty for what everybody knows. */
  @Override
  public List<Reference> references() {
    return List.of();
  }

  @Override
  public TaskData read(RepeatedWordConfig config, TaskRequest request) {
    RepeatedWord drawing = new RepeatedWord(config);
    long seed = request.seed();
    return new TaskData(
        request.name(),
        List.of("once", "twice"),
        drawing.rows(seed, "train", request.trainRowsOr(TRAIN)),
        drawing.rows(seed, "validation", request.validationRowsOr(OTHERS)),
        drawing.rows(seed, "test", request.testRowsOr(OTHERS)));
  }
}
