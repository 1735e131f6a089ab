package dev.orthant.eval.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigurationException;
import dev.orthant.core.config.Problem;
import dev.orthant.core.config.RunConfig;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.text.TrainingRows;
import dev.orthant.core.train.TrainingConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What can be known to be wrong with a study before it computes anything. */
final class StudyChecks {

  private static final String PRECISION = "precision";

  private final RunConfig run;
  private final Catalog catalog;
  private final ConfigDecoder decoder;
  private final String source;

  StudyChecks(RunConfig run, Catalog catalog, ConfigDecoder decoder, String source) {
    this.run = run;
    this.catalog = catalog;
    this.decoder = decoder;
    this.source = source;
  }

  /** Every component and its settings, how to train, and the place of the output. */
  void configuration() {
    List<Problem> problems = new ArrayList<>();
    try {
      run.validate(catalog, decoder, source);
    } catch (ConfigurationException e) {
      problems.addAll(e.problems());
    }
    checkTraining(problems);
    checkStarts(problems);
    if (run.adapters().isEmpty()) {
      problems.add(new Problem("adapters", "must have at least one, has none"));
    }
    if (Files.exists(run.output()) && !Files.isDirectory(run.output())) {
      problems.add(new Problem("output", "must be a folder, " + run.output() + " is a file"));
    }
    refuse(problems);
  }

  /** The length of texts and the adapters' targets, against the model that is there. */
  void against(Transformer encoder) {
    List<Problem> problems = new ArrayList<>();
    int positions = encoder.sizes().positions();
    if (run.base().maxLength() > positions) {
      problems.add(
          new Problem(
              "base.max_length",
              "must be at most %d, the model's positions, was %d"
                  .formatted(positions, run.base().maxLength())));
    }
    for (int i = 0; i < run.adapters().size(); i++) {
      AdapterSpec adapter = run.adapters().get(i);
      try {
        plan(catalog.adapter(adapter.type()), adapter, encoder);
      } catch (IllegalArgumentException e) {
        problems.add(new Problem("adapters[" + i + "]", String.valueOf(e.getMessage())));
      }
    }
    refuse(problems);
  }

  /** The precision of training, against what this machine can do. */
  void against(Kernels kernels) {
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < run.adapters().size(); i++) {
      AdapterSpec adapter = run.adapters().get(i);
      String path = adapter.training().has(PRECISION) ? "adapters[" + i + "].training" : "training";
      try {
        kernels.withPrecision(training(run, adapter, decoder).precision());
      } catch (IllegalArgumentException e) {
        Problem problem = new Problem(path + "." + PRECISION, String.valueOf(e.getMessage()));
        if (!problems.contains(problem)) {
          problems.add(problem);
        }
      }
    }
    refuse(problems);
  }

  /** That the tokenizer is this model's. */
  void vocabulary(Transformer encoder, Path tokenizer, List<StudyTask> tasks) {
    int size = encoder.sizes().vocabulary();
    for (StudyTask task : tasks) {
      for (TrainingRows rows : List.of(task.train(), task.validation(), task.test())) {
        for (Encoded row : rows.rows()) {
          for (int id : row.tokenIds()) {
            if (id < 0 || id >= size) {
              throw new CheckpointException(
                  tokenizer,
                  "gives token %d in task '%s', the model has tokens 0 to %d: it is another model's"
                      .formatted(id, task.name(), size - 1));
            }
          }
        }
      }
    }
  }

  /** The run's training configuration with an adapter's own keys. */
  static TrainingConfig training(RunConfig run, AdapterSpec spec, ConfigDecoder decoder) {
    ObjectNode keys = run.training().deepCopy();
    keys.setAll(spec.training());
    return decoder.decode(keys, TrainingConfig.class, TrainingConfig.defaults());
  }

  private void checkTraining(List<Problem> problems) {
    try {
      decoder.decode(run.training(), TrainingConfig.class, TrainingConfig.defaults());
    } catch (ConfigurationException e) {
      e.problems().forEach(problem -> problems.add(problem.under("training")));
      return;
    }
    for (int i = 0; i < run.adapters().size(); i++) {
      String path = "adapters[" + i + "].training";
      try {
        training(run, run.adapters().get(i), decoder);
      } catch (ConfigurationException e) {
        e.problems().forEach(problem -> problems.add(problem.under(path)));
      }
    }
  }

  private void checkStarts(List<Problem> problems) {
    for (int i = 0; i < run.adapters().size(); i++) {
      String path = "adapters[" + i + "].start";
      AdapterSpec adapter = run.adapters().get(i);
      run.tasks().stream()
          .flatMap(task -> adapter.startFor(task.name()).stream())
          .distinct()
          .filter(folder -> !Files.isRegularFile(folder.resolve(PeftAdapterFolder.CONFIG)))
          .forEach(
              folder ->
                  problems.add(
                      new Problem(path, "must be the folder of an adapter, was " + folder)));
    }
  }

  private <C extends Record> void plan(
      AdapterFactory<C> factory, AdapterSpec spec, Transformer encoder) {
    factory.plan(spec.config(factory, decoder), encoder.sites());
  }

  private void refuse(List<Problem> problems) {
    if (!problems.isEmpty()) {
      throw new ConfigurationException(source, problems);
    }
  }
}
