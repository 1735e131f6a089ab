package dev.orthant.eval.tasks;

import dev.orthant.core.spi.Reference;
import dev.orthant.core.text.TaskData;
import dev.orthant.core.text.TaskFactory;
import dev.orthant.core.text.TaskRequest;
import java.util.List;

/** The tasks whose text comes with packages; 3,000, 500 and 1,000 rows unless asked otherwise. */
public final class PackagedTaskFactory implements TaskFactory<PackagedTaskConfig> {

  private static final SplitSizes SIZES = new SplitSizes(3000, 500, 1000);

  /** For the service loader. */
  public PackagedTaskFactory() {}

  @Override
  public String name() {
    return "package";
  }

  @Override
  public PackagedTaskConfig defaults() {
    return PackagedTaskConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference(
            "WordNet: A Lexical Database for English", "Communications of the ACM 38(11), 1995"),
        new Reference("A Rule-Based Style and Grammar Checker", "Naber, 2003; LanguageTool"));
  }

  @Override
  public String summary() {
    return "Nine tasks from the text that LanguageTool's and WordNet's packages carry";
  }

  @Override
  public TaskData read(PackagedTaskConfig config, TaskRequest request) {
    SplitSizes sizes =
        new SplitSizes(
            request.trainRowsOr(SIZES.train()),
            request.validationRowsOr(SIZES.validation()),
            request.testRowsOr(SIZES.test()));
    TaskData drawn = config.task().read(sizes, request.seed());
    return new TaskData(
        request.name(), drawn.labels(), drawn.train(), drawn.validation(), drawn.test());
  }
}
