package dev.orthant.core.application;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.application.FineTuning.Chosen;
import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.finetune.AdapterAssembly;
import dev.orthant.core.finetune.AdapterDescription;
import dev.orthant.core.finetune.AdapterFolder;
import dev.orthant.core.finetune.ClassifierModel;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.text.LabelledRows;
import dev.orthant.core.text.TaskData;
import dev.orthant.core.text.Tokenizer;
import dev.orthant.core.train.SnapshotWriter;
import dev.orthant.core.train.Trainer;
import dev.orthant.core.train.TrainingConfig;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One fine-tuning: from settings and rows to an adapter folder. */
final class Tuner {

  private static final int USUAL_LENGTH = 256;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ModelContext context;
  private final HuggingFaceCheckpoint checkpoint;
  private final Transformer model;
  private final FineTuning tuning;
  private final TrainingConfig config;

  /**
   * @throws dev.orthant.core.config.ConfigurationException if the training's settings are wrong
   */
  Tuner(
      ModelContext context,
      HuggingFaceCheckpoint checkpoint,
      Transformer model,
      FineTuning tuning) {
    this.context = context;
    this.checkpoint = checkpoint;
    this.model = model;
    this.tuning = tuning;
    this.config =
        context
            .decoder()
            .decode(tuning.training(), TrainingConfig.class, TrainingConfig.defaults());
  }

  /** Trains, and writes the folder, which must not exist. */
  void train(TaskData data, Path folder) {
    AtomicFolder.requireFree(folder, false);
    Path absolute = folder.toAbsolutePath().normalize();
    Path training = absolute.resolveSibling(absolute.getFileName() + "-training");
    Assembled assembled = assembled(context.catalog().adapter(tuning.adapter().type()));
    AdapterSet adapters =
        assembled.assembly().assemble(model, tuning.own(), tuning.others(), tuning.seed());
    Head head =
        model
            .heads()
            .fresh(
                data.outputs(),
                data.isPairs(),
                new SplittableRandom(CounterRandom.seed(tuning.seed(), "head", data.name())));
    AdapterDescription description = description(data, head, assembled.config());
    Trainer.newestCheckpoint(training).ifPresent(at -> requireSame(at, description));
    SnapshotWriter snapshot =
        into ->
            AdapterFolder.writeInto(
                into, description, checkpoint.folder().toString(), model, adapters, head);
    Kernels kernels = context.kernels().withPrecision(config.precision());
    try (Tokenizer tokenizer = Tokenizer.open(checkpoint.tokenizerFile(), maxLength());
        Pass pass = new Pass(kernels, adapters)) {
      pass.checkpointing(config.gradientCheckpointing());
      SequenceClassifier classifier = new SequenceClassifier(model, head);
      LabelledRows validation = LabelledRows.of(data.validation(), tokenizer);
      new Trainer(kernels, config, tuning.seed(), tuning.listeners(), tuning.stop())
          .train(
              new ClassifierModel(classifier, adapters, pass),
              LabelledRows.of(data.train(), tokenizer),
              validation.size() == 0
                  ? null
                  : new ValidationScore(
                      kernels, classifier, adapters, validation, config.batchSize()),
              training,
              snapshot,
              true);
    }
    AtomicFolder.write(folder, false, snapshot::write);
    AtomicFolder.delete(training);
  }

  private int maxLength() {
    Integer asked = tuning.maxLength();
    return asked == null ? Math.min(USUAL_LENGTH, model.sizes().positions()) : asked;
  }

  /** An adapter with its settings, decoded. */
  private record Assembled(AdapterAssembly<?> assembly, Record config) {}

  private <C extends Record> Assembled assembled(AdapterFactory<C> factory) {
    C decoded =
        context
            .decoder()
            .decode(tuning.adapter().settings(), factory.configType(), factory.defaults());
    return new Assembled(new AdapterAssembly<>(factory, decoded, constraint()), decoded);
  }

  private @Nullable SubspaceConstraint constraint() {
    Chosen chosen = tuning.constraint();
    return chosen == null
        ? null
        : constraint(context.catalog().constraint(chosen.type()), chosen.settings());
  }

  private <C extends Record> SubspaceConstraint constraint(
      SubspaceConstraintFactory<C> factory, String settings) {
    return factory.create(
        context.decoder().decode(settings, factory.configType(), factory.defaults()));
  }

  private AdapterDescription description(TaskData data, Head head, Record adapter) {
    ConfigEncoder encoder = new ConfigEncoder();
    ObjectNode provenance = JsonNodeFactory.instance.objectNode();
    provenance
        .putObject("adapter")
        .put("type", tuning.adapter().type())
        .set("settings", encoder.toNode(adapter));
    Chosen constraint = tuning.constraint();
    if (constraint != null) {
      provenance
          .putObject("constraint")
          .put("type", constraint.type())
          .set("settings", context.decoder().parse(constraint.settings()));
    }
    provenance.set("training", encoder.toNode(config));
    provenance.put("max_length", maxLength()).put("seed", tuning.seed());
    return new AdapterDescription(
        data.name(),
        data.labels(),
        ValidationScore.metric(head),
        head.name(),
        checkpoint.fingerprint(),
        maxLength(),
        asRead(provenance));
  }

  /** The tree as a file gives it back: the seven of a long is that of an int. */
  private static ObjectNode asRead(ObjectNode tree) {
    try {
      return (ObjectNode) JSON.readTree(JSON.writeValueAsString(tree));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void requireSame(Path interrupted, AdapterDescription now) {
    if (!AdapterFolder.describe(interrupted).equals(now)) {
      throw new IllegalArgumentException(
          "%s is of a training with other settings or rows; delete it or name another folder"
              .formatted(interrupted));
    }
  }
}
