package dev.orthant.eval.study;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConstraintSpec;
import dev.orthant.core.config.RunConfig;
import dev.orthant.core.family.Architectures;
import dev.orthant.core.features.StatisticsSource;
import dev.orthant.core.features.StatisticsSource.Unit;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.finetune.AdapterAssembly;
import dev.orthant.core.finetune.AdapterDescription;
import dev.orthant.core.finetune.AdapterFolder;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.LanguageHead;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.text.Tokenizer;
import dev.orthant.core.text.TrainingRows;
import dev.orthant.core.train.TrainingConfig;
import dev.orthant.eval.metrics.MajorityPredictor;
import dev.orthant.eval.metrics.Score;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What the steps of a study share: its configuration, the base model, the tasks' rows, the
 * components by name.
 */
public final class Study implements AutoCloseable {

  private final RunConfig run;
  private final StudyLayout layout;
  private final Environment environment;
  private final boolean addressed; // whether folders are named by what they depend on
  private final HuggingFaceCheckpoint checkpoint;
  private final Transformer encoder;
  private final List<StudyTask> tasks;
  private final @Nullable LanguageTasks language; // null if no task is one of language

  private final OtherStatistics otherStatistics = new OtherStatistics(this);
  private final Starts starts;

  private Study(
      RunConfig run,
      Environment environment,
      boolean addressed,
      HuggingFaceCheckpoint checkpoint,
      Transformer encoder,
      List<StudyTask> tasks,
      @Nullable LanguageTasks language) {
    this.run = run;
    this.layout = new StudyLayout(run.output());
    this.environment = environment;
    this.addressed = addressed;
    this.checkpoint = checkpoint;
    this.encoder = encoder;
    this.tasks = tasks;
    this.language = language;
    this.starts = new Starts(checkpoint.fingerprint(), encoder);
  }

  /**
   * What a study runs with.
   *
   * @param catalog where components are looked up
   * @param decoder of their configurations
   * @param kernels that run the model
   * @param progress who hears how far it is
   * @param interruption who may ask it to stop
   */
  public record Environment(
      Catalog catalog,
      ConfigDecoder decoder,
      Kernels kernels,
      Progress progress,
      Interruption interruption) {}

  /**
   * Checks the configuration as far as that goes without the base model and the rows.
   *
   * @param source the configuration file's name, for messages
   * @throws dev.orthant.core.config.ConfigurationException with all problems
   */
  public static void check(RunConfig run, Catalog catalog, ConfigDecoder decoder, String source) {
    new StudyChecks(run, catalog, decoder, source).configuration();
  }

  /**
   * Checks the whole configuration, then opens the base model and reads the tasks.
   *
   * @param base the folder of the base model
   * @param source the configuration file's name, for messages
   * @throws dev.orthant.core.config.ConfigurationException with all problems
   */
  public static Study open(RunConfig run, Path base, Environment environment, String source) {
    StudyChecks checks = new StudyChecks(run, environment.catalog(), environment.decoder(), source);
    checks.configuration();
    checks.against(environment.kernels());
    HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(base);
    try (Tokenizer tokenizer = Tokenizer.open(checkpoint.tokenizerFile(), run.base().maxLength())) {
      Transformer encoder =
          new Architectures(environment.catalog())
              .load(checkpoint, new LoadSettings(run.base().weights()));
      checks.against(encoder);
      LanguageTasks language =
          LanguageTasks.open(run.tasks(), checkpoint, encoder, run.base().maxLength());
      List<StudyTask> tasks =
          StudyTask.readAll(
              run.tasks(),
              tokenizer,
              run.seed(),
              environment.catalog(),
              environment.decoder(),
              language);
      checks.vocabulary(encoder, checkpoint.tokenizerFile(), tasks);
      return new Study(run, environment, false, checkpoint, encoder, tasks, language);
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  /** The whole configuration. */
  public RunConfig run() {
    return run;
  }

  /** Where files lie. */
  public StudyLayout layout() {
    return layout;
  }

  /** The tasks, in the order of the configuration. */
  public List<StudyTask> tasks() {
    return tasks;
  }

  /**
   * The same study with another seed, which draws everything but the rows. Its trained adapters lie
   * in folders that are named by all that they depend on, so that studies which differ in part
   * share what they have in common. It stays on the calling thread. It shares the base model, and
   * is not to be closed.
   *
   * @param progress who hears how far it is
   */
  public Study member(long seed, Progress progress) {
    Environment here =
        new Environment(
            catalog(), decoder(), kernels().onCallingThread(), progress, interruption());
    return new Study(run.withSeed(seed), here, true, checkpoint, encoder, tasks, language);
  }

  /** Whether this is a {@link #member}. */
  boolean isMember() {
    return addressed;
  }

  /** The folder of a task's trained adapter. */
  public Path adapterFolder(StudyTask task, AdapterSpec spec) {
    return addressed
        ? layout.root().resolve("experts").resolve(address(task, spec))
        : layout.adapter(task.name(), spec.name());
  }

  /** The checkpoints and the metrics log of a task's training. */
  public Path trainingFolder(StudyTask task, AdapterSpec spec) {
    return addressed
        ? layout.root().resolve("training").resolve(address(task, spec))
        : layout.training(task.name(), spec.name());
  }

  /** The folder of what a task's adapter was when it was evaluated first. */
  Path earlyFolder(StudyTask task, AdapterSpec spec) {
    Path all = layout.root().resolve("early");
    return all.resolve(
        addressed
            ? address(task, spec)
            : layout.adapter(task.name(), spec.name()).getFileName().toString());
  }

  /** The side file of a task's feature statistics. */
  public Path statisticsFile(StudyTask task) {
    if (!addressed) {
      return layout.statistics(task.name());
    }
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    tree.put("base", checkpoint.fingerprint());
    tree.put("task", task.digest());
    tree.put("max_length", run.base().maxLength());
    if (run.base().weights() != Precision.FP32) {
      tree.put("weights", run.base().weights().name());
    }
    tree.put("statistics_rows", run.evaluation().statisticsRows());
    if (run.evaluation().statisticsOf() != Unit.TOKENS) {
      tree.put("statistics_of", run.evaluation().statisticsOf().name());
    }
    ArrayNode modules = tree.putArray("modules");
    adaptedModules().forEach(modules::add);
    return layout.statistics(Provenance.address(task.name(), tree));
  }

  /** What the statistics of the tasks' features are taken with. */
  StatisticsSource statisticsSource() {
    return new StatisticsSource(
        checkpoint.fingerprint(),
        checkpoint.tokenizerFingerprint(),
        run.evaluation().statisticsOf());
  }

  /** The statistics of the tasks that are not in this study. */
  OtherStatistics otherStatistics() {
    return otherStatistics;
  }

  /** What collects statistics. */
  FeatureExtraction features() {
    return new FeatureExtraction(kernels(), run.evaluation().batchSize(), interruption());
  }

  private String address(StudyTask task, AdapterSpec spec) {
    String name = task.name() + "-" + spec.name() + "-" + run.seed();
    return Provenance.address(name, provenance(spec, task).put("base", checkpoint.fingerprint()));
  }

  Catalog catalog() {
    return environment.catalog();
  }

  ConfigDecoder decoder() {
    return environment.decoder();
  }

  /** How an adapter is trained: the run's configuration with the adapter's own keys. */
  TrainingConfig training(AdapterSpec spec) {
    return StudyChecks.training(run, spec, decoder());
  }

  Kernels kernels() {
    return environment.kernels();
  }

  Progress progress() {
    return environment.progress();
  }

  Interruption interruption() {
    return environment.interruption();
  }

  HuggingFaceCheckpoint checkpoint() {
    return checkpoint;
  }

  Transformer encoder() {
    return encoder;
  }

  Predictor predictor() {
    return predictor(kernels());
  }

  Predictor predictor(Kernels by) {
    return new Predictor(by, run.evaluation().batchSize(), interruption());
  }

  /** An adapter with its configuration and, if it is constrained, its constraint. */
  AdapterAssembly<?> assembly(AdapterSpec spec) {
    SubspaceConstraint constraint = run.constraintOf(spec).map(this::constraint).orElse(null);
    return assembly(catalog().adapter(spec.type()), spec, constraint);
  }

  /**
   * A task's adapters as training starts with them.
   *
   * @param statistics of the study's tasks
   */
  AdapterSet freshAdapters(AdapterSpec spec, StudyTask task, List<TaskStatistics> statistics) {
    List<TaskStatistics> others = new ArrayList<>(statistics);
    others.removeIf(s -> s.task().equals(task.name()));
    others.addAll(otherStatistics.read());
    TaskStatistics own =
        statistics.stream().filter(s -> s.task().equals(task.name())).findFirst().orElse(null);
    AdapterSet adapters = assembly(spec).assemble(encoder, own, others, run.seed());
    spec.startFor(task.name()).ifPresent(folder -> starts.apply(folder, adapters));
    return adapters;
  }

  /** The trained adapters that others start from. */
  Starts starts() {
    return starts;
  }

  /** The modules that any of the adapters goes to, in the model's order. */
  List<String> adaptedModules() {
    Set<String> adapted = new LinkedHashSet<>();
    run.adapters().forEach(spec -> adapted.addAll(assembly(spec).modules(encoder.sites())));
    List<String> ordered = new ArrayList<>();
    encoder.sites().stream().map(s -> s.module()).filter(adapted::contains).forEach(ordered::add);
    return ordered;
  }

  /** A task's trained adapter. */
  SavedAdapter expert(StudyTask task, AdapterSpec spec) {
    Path folder = adapterFolder(task, spec);
    if (!AdapterFolder.isAt(folder)) {
      throw new IllegalArgumentException(
          "there is no trained adapter at %s; run 'orthant train' first".formatted(folder));
    }
    requireSame(folder, spec, task);
    return AdapterFolder.read(folder, encoder);
  }

  /** Every task's trained adapter of a kind, in the order of the tasks. */
  List<SavedAdapter> experts(AdapterSpec spec) {
    return tasks.stream().map(task -> expert(task, spec)).toList();
  }

  /** Refuses an adapter folder that another configuration or another base model gave. */
  void requireSame(Path folder, AdapterSpec spec, StudyTask task) {
    AdapterDescription there = AdapterFolder.describe(folder);
    if (!there.baseFingerprint().equals(checkpoint.fingerprint())) {
      throw new IllegalArgumentException(
          "%s is of another base model than %s; choose another output or delete it"
              .formatted(folder, checkpoint.folder()));
    }
    String difference = Provenance.difference(there.provenance(), provenance(spec, task));
    if (!difference.isEmpty()) {
      throw new IllegalArgumentException(
          "%s was trained with another configuration (%s); choose another output or delete it"
              .formatted(folder, difference));
    }
  }

  /** An untrained head for a task; the same one for all adapters. */
  Head freshHead(StudyTask task) {
    if (task.isLanguage()) {
      return LanguageHead.of(encoder);
    }
    return encoder
        .heads()
        .fresh(
            task.data().outputs(),
            task.data().isPairs(),
            new SplittableRandom(CounterRandom.seed(run.seed(), "head", task.name())));
  }

  /** The head of a trained adapter. */
  Head head(SavedAdapter expert) {
    String name = expert.description().head();
    return name.equals(LanguageHead.NAME)
        ? LanguageHead.of(encoder)
        : encoder.heads().of(name, expert.head());
  }

  /**
   * What a model says of a task's rows [rows, outputs], in their order: a head's outputs, or how
   * probable the texts are.
   *
   * @param test whether of the test rows; else of those for validation
   */
  float[][] outputs(
      Kernels by, StudyTask task, boolean test, Transformer model, AdapterSet adapters, Head head) {
    TrainingRows rows = test ? task.test() : task.validation();
    if (language == null || !task.isLanguage()) {
      return predictor(by).logits(model, adapters, head, rows);
    }
    return language.outputs(
        task,
        rows,
        test ? task.data().test() : task.data().validation(),
        new LanguageTasks.Model(model, adapters, by),
        run.evaluation().batchSize(),
        interruption());
  }

  /**
   * What a task's test rows give without learning: the most frequent class, or of a language task
   * the untouched model.
   */
  Score trivialScore(StudyTask task) {
    return task.isLanguage()
        ? baseScore(task, true)
        : MajorityPredictor.score(task.metric(), task.data(), task.data().test());
  }

  /** What the untouched model gets on a language task. */
  Score baseScore(StudyTask task, boolean test) {
    float[][] outputs =
        outputs(
            kernels().onCallingThread(),
            task,
            test,
            encoder,
            AdapterSet.none(),
            LanguageHead.of(encoder));
    return Score.ofOutputs(
        task.metric(), task.data(), test ? task.data().test() : task.data().validation(), outputs);
  }

  /** The head that training of an adapter starts with. */
  Head startingHead(AdapterSpec spec, StudyTask task) {
    Head fresh = freshHead(task);
    return spec.startFor(task.name()).map(folder -> starts.head(folder, task, fresh)).orElse(fresh);
  }

  Scores scores() {
    return new Scores(this);
  }

  /** What a result of this adapter depends on, as written beside it. */
  ObjectNode provenance(AdapterSpec spec, StudyTask task) {
    return Provenance.of(this, spec, task);
  }

  @Override
  public void close() {
    if (language != null) {
      language.close();
    }
    checkpoint.close();
  }

  private <C extends Record> AdapterAssembly<C> assembly(
      AdapterFactory<C> factory, AdapterSpec spec, @Nullable SubspaceConstraint constraint) {
    return new AdapterAssembly<>(factory, spec.config(factory, decoder()), constraint);
  }

  private SubspaceConstraint constraint(ConstraintSpec spec) {
    return constraint(catalog().constraint(spec.type()), spec);
  }

  private <C extends Record> SubspaceConstraint constraint(
      SubspaceConstraintFactory<C> factory, ConstraintSpec spec) {
    return factory.create(spec.config(factory, decoder()));
  }
}
