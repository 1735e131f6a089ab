package dev.orthant.eval.study;

import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.config.LanguageSpec;
import dev.orthant.core.config.LossOn;
import dev.orthant.core.config.TaskKind;
import dev.orthant.core.config.TaskSpec;
import dev.orthant.core.generate.EndTokens;
import dev.orthant.core.generate.GenerationConfig;
import dev.orthant.core.generate.TextModel;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.NextTokenModel;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.text.BatchOrder;
import dev.orthant.core.text.Example;
import dev.orthant.core.text.PromptTokens;
import dev.orthant.core.text.Prompted;
import dev.orthant.core.text.TaskData;
import dev.orthant.core.text.TokenRows;
import dev.orthant.core.text.Tokenizer;
import dev.orthant.core.text.TrainingRows;
import dev.orthant.eval.files.PromptFileReader;
import dev.orthant.eval.metrics.Metric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The tasks of a study in which the model writes: reading them, and what it gets on them. */
final class LanguageTasks implements AutoCloseable {

  private final Tokenizer tokenizer;
  private final List<Integer> ends;
  private final OptionalInt startToken;

  private LanguageTasks(Tokenizer tokenizer, List<Integer> ends, OptionalInt startToken) {
    this.tokenizer = tokenizer;
    this.ends = ends;
    this.startToken = startToken;
  }

  /**
   * What is needed of a model.
   *
   * @param tasks of the study
   * @return null if no task is one of language
   * @throws IllegalArgumentException if the model cannot do a task, naming both
   */
  static @Nullable LanguageTasks open(
      List<TaskSpec> tasks, HuggingFaceCheckpoint checkpoint, Transformer model, int maxLength) {
    List<TaskSpec> ofLanguage = tasks.stream().filter(t -> t.kind().isLanguage()).toList();
    if (ofLanguage.isEmpty()) {
      return null;
    }
    ofLanguage.forEach(task -> require(task, checkpoint.folder(), model));
    return new LanguageTasks(
        Tokenizer.open(checkpoint.tokenizerFile(), maxLength),
        EndTokens.of(checkpoint),
        model.startToken());
  }

  private static void require(TaskSpec task, Path folder, Transformer model) {
    if (model.output().isEmpty()) {
      throw new IllegalArgumentException(
          "task '%s' needs a language model, %s has no output over its vocabulary"
              .formatted(task.name(), folder));
    }
    boolean encoder = model.startToken().isPresent();
    if (encoder != (task.kind() == TaskKind.SEQ2SEQ)) {
      throw new IllegalArgumentException(
          "task '%s' must be of kind %s: %s %s"
              .formatted(
                  task.name(),
                  encoder ? "seq2seq" : "causal-lm",
                  folder,
                  encoder ? "has an encoder beside its decoder" : "is a decoder alone"));
    }
  }

  /** Reads a task's files. A row whose prompt leaves no room for its completion is left out. */
  StudyTask read(TaskSpec spec) {
    Split train = split(spec, "train", spec.train(), spec.trainRows());
    Split validation = split(spec, "validation", spec.validation(), spec.validationRows());
    Split test = split(spec, "test", spec.test(), spec.testRows());
    TaskData data =
        new TaskData(spec.name(), List.of(), train.examples, validation.examples, test.examples);
    TrainingRows trained =
        spec.languageOrDefaults().packing()
            ? tokens(spec, true).rows(train.texts, startToken)
            : train.rows;
    return new StudyTask(spec, data, metric(spec), trained, validation.rows, test.rows);
  }

  private static Metric metric(TaskSpec spec) {
    String name = spec.metric();
    Metric metric = name == null ? Metric.TOKEN_PROBABILITY : Metric.named(name);
    if (!metric.isForLanguage()) {
      throw new IllegalArgumentException(
          "task '%s': metric '%s' is not for texts, which token-probability and exact-match are"
              .formatted(spec.name(), metric.id()));
    }
    return metric;
  }

  /** The rows of one file, those that have something to be written; labels count its tokens. */
  private record Split(List<Prompted> texts, List<Example> examples, TokenRows rows) {}

  private Split split(TaskSpec spec, String name, @Nullable Path file, @Nullable Integer count) {
    if (file == null) {
      throw new IllegalArgumentException(
          "task '%s' has no %s rows; give it a file: %s".formatted(spec.name(), name, name));
    }
    List<Prompted> all = PromptFileReader.read(file, spec.languageOrDefaults().promptTemplate());
    PromptTokens tokens = tokens(spec, false);
    List<Prompted> texts = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    for (Prompted text : all.subList(0, count == null ? all.size() : Math.min(count, all.size()))) {
      TokenRows row = tokens.rows(List.of(text), startToken);
      if (row.size() == 1) {
        texts.add(text);
        int[] only = {0};
        examples.add(new Example(text.prompt(), text.completion(), row.weight(only)));
      }
    }
    if (texts.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: no prompt leaves room for its completion in %d tokens; raise base.max_length"
              .formatted(file, tokenizer.maxLength()));
    }
    return new Split(texts, examples, tokens.rows(texts, startToken));
  }

  private PromptTokens tokens(TaskSpec spec, boolean packing) {
    LanguageSpec language = spec.languageOrDefaults();
    return new PromptTokens(tokenizer, ends.get(0), language.lossOn() == LossOn.ALL, packing);
  }

  /**
   * What a task's metric is computed of, a row each: the sum of the logarithms of the probabilities
   * of its tokens, or for exact match the number of its tokens if they are what is written.
   *
   * @param rows as {@link #read} made them, and in that order
   * @param examples of the rows
   */
  float[][] outputs(
      StudyTask task,
      TrainingRows rows,
      List<Example> examples,
      Model model,
      int batchSize,
      Interruption interruption) {
    return task.metric() == Metric.EXACT_MATCH
        ? matches(task, examples, model, interruption)
        : logProbabilities(rows, model, batchSize, interruption);
  }

  /** A model with the adapters beside it and what runs it. */
  record Model(Transformer transformer, AdapterSet adapters, Kernels kernels) {}

  private static float[][] logProbabilities(
      TrainingRows rows, Model model, int batchSize, Interruption interruption) {
    NextTokenModel tokens = new NextTokenModel(model.transformer);
    float[][] sums = new float[rows.size()][1];
    try (Pass pass = new Pass(model.kernels, model.adapters)) {
      for (int[] indices : BatchOrder.evaluation(rows, batchSize)) {
        interruption.check();
        double[] logs = tokens.logProbabilities(pass, rows.batch(indices), rows.labels(indices));
        int at = 0;
        for (int index : indices) {
          int[] only = {index};
          int end = at + rows.labels(only).length;
          double sum = 0;
          for (; at < end; at++) {
            sum += logs[at];
          }
          sums[index][0] = (float) sum;
        }
      }
    }
    return sums;
  }

  private float[][] matches(
      StudyTask task, List<Example> examples, Model model, Interruption interruption) {
    LanguageSpec language = task.spec().languageOrDefaults();
    GenerationConfig config =
        GenerationConfig.beams(language.maxNewTokens(), language.numBeams(), 1);
    TextModel writer =
        new TextModel(
            new NextTokenModel(model.transformer), model.adapters, model.kernels, tokenizer, ends);
    float[][] matches = new float[examples.size()][1];
    for (int i = 0; i < matches.length; i++) {
      interruption.check();
      Example example = examples.get(i);
      String written = writer.generate(example.textA(), config);
      boolean right = example.textB() != null && written.strip().equals(example.textB().strip());
      matches[i][0] = right ? example.label() : 0;
    }
    return matches;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
