package dev.orthant.core.application;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.export.ExportFormat;
import dev.orthant.core.export.ExportedHead;
import dev.orthant.core.export.ModelExport;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.finetune.AdapterDescription;
import dev.orthant.core.finetune.AdapterFolder;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Site;
import dev.orthant.core.text.TaskData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A pretrained model whose weights are in memory once: embed with it, attach adapters to it, train
 * new ones, merge them.
 *
 * <pre>{@code
 * try (Orthant orthant = Orthant.create();
 *     BaseModel base = orthant.open(Path.of("all-minilm-l6-v2"))) {
 *   float[][] vectors = base.encoder().embed(texts);
 *   TaskAdapter spam = base.adapter(Path.of("adapters/spam"));
 *   Prediction answer = base.classifier(spam).predict("You have won!");
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. As many requests run at once as there are threads, each in
 * memory of its own that grows with the longest batch only; further ones wait. {@link #close} waits
 * for requests that are running, refuses later ones, and frees the weights.
 */
public final class BaseModel implements AutoCloseable {

  private static final int SHORTEST = 4; // tokens that a tokenizer can be cut to

  private final ModelContext context;
  private final HuggingFaceCheckpoint checkpoint;
  private final Transformer model;
  private final @Nullable OwnedTensors weights; // null if they are another's
  private final Inference inference;
  private final Gate gate;
  private final Set<BaseModel> merged =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private BaseModel(
      ModelContext context,
      HuggingFaceCheckpoint checkpoint,
      Transformer model,
      @Nullable OwnedTensors weights) {
    this.context = context;
    this.checkpoint = checkpoint;
    this.model = model;
    this.weights = weights;
    this.inference = new Inference(model, checkpoint.tokenizerFile(), context.kernels());
    this.gate = new Gate("the model " + checkpoint.folder());
  }

  static BaseModel open(Path folder, ModelContext context) {
    HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(folder);
    OwnedTensors weights = new OwnedTensors(checkpoint);
    try {
      checkpoint.tokenizerFile(); // tells that it is missing before the weights are read
      Transformer model =
          context.architectures().load(checkpoint, weights, LoadSettings.defaults());
      return new BaseModel(context, checkpoint, model, weights);
    } catch (RuntimeException e) {
      weights.close();
      checkpoint.close();
      throw e;
    }
  }

  /** The folder that it was loaded from. */
  public Path folder() {
    return checkpoint.folder();
  }

  /** Turns texts into vectors, by default with the model as it is. */
  public TextEncoder encoder() {
    return new TextEncoder(this);
  }

  /**
   * Reads an adapter that Orthant has trained on this model.
   *
   * @throws CheckpointException if there is none, it is broken, or it is of another base model
   */
  public TaskAdapter adapter(Path folder) {
    return inside(
        () -> {
          String own = AdapterFolder.describe(folder).baseFingerprint();
          if (!own.equals(checkpoint.fingerprint())) {
            throw new CheckpointException(
                folder,
                "is an adapter of another base model than %s: its fingerprint of the base is %s, that of the model is %s"
                    .formatted(folder(), own, checkpoint.fingerprint()));
          }
          SavedAdapter saved = AdapterFolder.read(folder, model);
          return new TaskAdapter(
              saved.description(),
              Adaptation.of(saved.deltas()),
              model.heads().of(saved.description().head(), saved.head()));
        });
  }

  /**
   * Reads the head of an adapter that Orthant has trained, and nothing that is added to weights:
   * for a model folder that adapters have been merged into.
   *
   * @throws CheckpointException if there is none or it is broken
   * @throws IllegalArgumentException if this model cannot have such a head
   */
  public TaskAdapter head(Path folder) {
    return inside(
        () -> {
          AdapterDescription description = AdapterFolder.describe(folder);
          return new TaskAdapter(
              description,
              Adaptation.none(),
              model.heads().of(description.head(), AdapterFolder.readHead(folder)));
        });
  }

  /**
   * Reads what an adapter folder adds to this model, of Orthant or of PEFT, without a head.
   *
   * @throws CheckpointException if there is none or it is broken
   */
  public Adaptation adaptation(Path folder) {
    return inside(
        () -> {
          List<String> modules = model.sites().stream().map(Site::module).toList();
          return Adaptation.of(PeftAdapterFolder.read(folder).deltas(modules, model::baseWeights));
        });
  }

  /** The classifier that an adapter was trained to be. */
  public TextClassifier classifier(TaskAdapter adapter) {
    return classifier(adapter, adapter.adaptation());
  }

  /**
   * The classifier of an adapter's head on a model that something else is added to: a blend, or the
   * result of a merge. With {@link Adaptation#none()} on a {@link #merged} model.
   */
  public TextClassifier classifier(TaskAdapter headOf, Adaptation adaptation) {
    return new TextClassifier(this, headOf, adaptation);
  }

  /**
   * Answers requests to several classifiers of this model, in their order. They run in common
   * batches: the products with the base model's weights are computed for all requests together, and
   * only what adapters and heads add for each by itself. Every answer is that of its own classifier
   * alone but for rounding: probabilities differ by less than 1e-5.
   *
   * @throws IllegalArgumentException if a classifier is of another model
   * @throws IllegalStateException if one is a regression, or its adapter is closed
   */
  public List<Prediction> predict(List<Request> requests) {
    for (Request request : requests) {
      if (request.classifier().base() != this) {
        throw new IllegalArgumentException(
            "a request is for a classifier of the model %s, this is %s"
                .formatted(request.classifier().base().folder(), folder()));
      }
      request.classifier().requireClasses();
    }
    List<TextClassifier> entered = new ArrayList<>();
    return inside(
        () -> {
          try {
            for (Request request : requests) {
              request.classifier().enter();
              entered.add(request.classifier());
            }
            float[][] logits = new MixedBatch(inference, requests).logits();
            List<Prediction> predictions = new ArrayList<>(logits.length);
            for (int i = 0; i < logits.length; i++) {
              predictions.add(requests.get(i).classifier().prediction(logits[i]));
            }
            return predictions;
          } finally {
            entered.forEach(TextClassifier::exit);
          }
        });
  }

  /**
   * Trains an adapter and a head for a task, and writes them into a folder that {@link #adapter}
   * reads again. The base model stays as it is, and can be used by others meanwhile. A training
   * that was interrupted goes on from its newest checkpoint, which lies beside the folder.
   *
   * @param data rows to train on, and rows that the best checkpoint is chosen by, if there are some
   * @param folder where the adapter will be; it must not exist
   * @return the adapter, ready for use
   * @throws dev.orthant.core.config.ConfigurationException if settings are wrong, with all problems
   * @throws dev.orthant.core.train.TrainingInterruptedException if it was asked to stop
   * @throws dev.orthant.core.train.TrainingDivergedException if the loss is not finite
   */
  public TaskAdapter fineTune(FineTuning tuning, TaskData data, Path folder) {
    return inside(
        () -> {
          new Tuner(context, checkpoint, model, tuning).train(data, folder);
          return adapter(folder);
        });
  }

  /**
   * What the model feeds its linear layers on texts of a task, which constraints such as OSRM keep
   * other tasks' adapters away from.
   *
   * @param task whose texts these are
   */
  public TaskStatistics statistics(String task, List<TextInput> texts) {
    return inside(
        () ->
            new Observation(context, checkpoint, model)
                .of(task, inference.encodeAll(texts, maxLength())));
  }

  /**
   * Merges adapters of this model.
   *
   * @param type the name of a merger in the catalog, such as {@code ties}
   * @param settings of the merger, in YAML; empty for its defaults
   * @param weights one for each adapter, or none for 1 each
   * @return what the merged adapter adds to the base, in memory of its own
   * @throws dev.orthant.core.plugin.UnknownPluginException if there is no such merger
   * @throws dev.orthant.core.config.ConfigurationException if settings are wrong, with all problems
   * @throws dev.orthant.core.merge.MergeRefusedException if the adapters cannot be merged so
   */
  public Adaptation merge(
      String type, String settings, List<TaskAdapter> adapters, double... weights) {
    return inside(
        () -> new OnDemandMerge(context, checkpoint).of(type, settings, adapters, weights));
  }

  /**
   * The same model with an adaptation summed into its weights: as fast as the base alone, while
   * adapters beside the weights cost some percent. The adapted matrices are copied, all else is
   * shared. Close it when it is no longer needed; it is closed with this model.
   */
  public BaseModel merged(Adaptation adaptation) {
    return inside(
        () -> {
          adaptation.enter();
          try {
            BaseModel sum =
                new BaseModel(context, checkpoint, model.plus(adaptation.deltas()), null);
            merged.add(sum);
            return sum;
          } finally {
            adaptation.exit();
          }
        });
  }

  /**
   * Writes the model with an adaptation summed into its weights, for programs that know nothing of
   * adapters.
   *
   * @param replace whether an existing folder is replaced
   * @throws CheckpointException if the format cannot hold the model, or the folder cannot be
   *     written
   */
  public void export(ExportFormat format, Adaptation adaptation, Path folder, boolean replace) {
    inside(
        () -> {
          adaptation.enter();
          try {
            exporter(adaptation, null).write(format, folder, replace);
          } finally {
            adaptation.exit();
          }
          return folder;
        });
  }

  /**
   * Writes the model with a classifier's adaptation summed into its weights, and its head.
   *
   * @param replace whether an existing folder is replaced
   * @throws CheckpointException if the format cannot hold the model, or the folder cannot be
   *     written
   */
  public void export(ExportFormat format, TextClassifier classifier, Path folder, boolean replace) {
    inside(
        () -> {
          classifier.enter();
          try {
            TaskAdapter adapter = classifier.adapter();
            exporter(classifier.adaptation(), ExportedHead.of(adapter.head(), adapter.labels()))
                .write(format, folder, replace);
          } finally {
            classifier.exit();
          }
          return folder;
        });
  }

  private ModelExport exporter(Adaptation adaptation, @Nullable ExportedHead head) {
    if (weights == null) {
      throw new IllegalStateException(
          "a merged model is exported from the model it was made of, with the adaptation");
    }
    return new ModelExport(checkpoint, adaptation.deltas(), model.prefix(), head);
  }

  /** Frees the weights as soon as no request runs, and those of merged models made of it. */
  @Override
  public void close() {
    if (!gate.close()) {
      return;
    }
    List<BaseModel> made;
    synchronized (merged) {
      made = List.copyOf(merged);
    }
    made.forEach(BaseModel::close);
    inference.close();
    model.close();
    if (weights != null) {
      weights.close();
      checkpoint.close();
    }
  }

  Transformer model() {
    return model;
  }

  /** How many tokens of a text the model can read. */
  int maxLength() {
    return model.sizes().positions();
  }

  int requireLength(int tokens) {
    if (tokens < SHORTEST || tokens > maxLength()) {
      throw new IllegalArgumentException(
          "max_length must be in [%d, %d] for %s, was %d"
              .formatted(SHORTEST, maxLength(), folder(), tokens));
    }
    return tokens;
  }

  /** What a step makes of each text with an adaptation. */
  float[][] run(Adaptation adaptation, List<TextInput> texts, int maxLength, Inference.Step step) {
    return inside(
        () -> {
          adaptation.enter();
          try {
            return inference.run(
                adaptation.adapters(), inference.encodeAll(texts, maxLength), step);
          } finally {
            adaptation.exit();
          }
        });
  }

  /** Something that is done while the model is open. */
  private interface Work<T> {
    T run();
  }

  private <T> T inside(Work<T> work) {
    gate.enter();
    try {
      return work.run();
    } finally {
      gate.exit();
    }
  }
}
