package dev.orthant.eval.study;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.AtomicFile;
import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.PeftAdapterBuilder;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.config.AdapterSpec;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.config.TransformSpec;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.ConfiguredMerge;
import dev.orthant.core.merge.MergeResult;
import dev.orthant.core.merge.TaskMasksFile;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.spi.MergerTraits.Need;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.core.spi.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Merges the tasks' adapters of each kind by each merger. Where a merger has a grid, the candidate
 * with the greatest mean score over the tasks' validation rows is taken, the first of equal ones.
 *
 * <p>The result is a PEFT folder that holds the merged delta exactly: rules that keep it low-rank
 * give the factors side by side, others an adapter of full rank whose one factor is the identity.
 */
public final class MergingStep {

  private static final String REPORT = "merge.json";
  private static final String SPACE = "space";

  private final Study study;
  private final StepTimes times;
  private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** A step of a study whose adapters are trained. */
  public MergingStep(Study study, StepTimes times) {
    this.study = study;
    this.times = times;
  }

  /** Merges what is missing. */
  public void run() {
    int count = study.run().adapters().size() * study.run().mergers().size();
    try (Progress.Task progress = study.progress().start("merge", count, "merges")) {
      for (AdapterSpec adapter : study.run().adapters()) {
        List<SavedAdapter> experts = study.experts(adapter);
        for (MergerSpec merger : study.run().mergers()) {
          progress.message(adapter.name() + " " + merger.name());
          if (!isDone(adapter, merger)) {
            times.time(
                "merge %s %s".formatted(adapter.name(), merger.name()),
                () -> merge(adapter, merger, experts));
          }
          progress.step(1);
        }
      }
    }
  }

  /** Refuses to go on without what a merger has to have made. */
  void requireDone(AdapterSpec adapter, MergerSpec merger) {
    if (!isDone(adapter, merger)) {
      throw new IllegalArgumentException(
          "there is no merge at %s; run 'orthant merge' first"
              .formatted(study.layout().merged(merger.name(), adapter.name())));
    }
  }

  /** The settings that a merged folder was made with, the grid's choice included. */
  Map<String, String> chosen(AdapterSpec adapter, MergerSpec merger) {
    Map<String, String> chosen = new LinkedHashMap<>();
    JsonNode settings = report(adapter, merger).path("settings");
    settings.properties().forEach(e -> chosen.put(e.getKey(), e.getValue().asText()));
    return chosen;
  }

  private void merge(AdapterSpec adapter, MergerSpec merger, List<SavedAdapter> experts) {
    List<MergerSpec> candidates = merger.candidates();
    MergeResult best = null;
    MergerSpec bestSpec = candidates.get(0);
    double bestScore = Double.NEGATIVE_INFINITY;
    ObjectNode tried = JsonNodeFactory.instance.objectNode();
    for (MergerSpec candidate : candidates) {
      MergeResult merged = merged(candidate, adapter, experts);
      if (candidates.size() == 1) {
        best = merged;
        break;
      }
      double score = study.scores().meanValidation(merged, experts);
      tried.put(settings(merger, candidate).toString(), score);
      if (best == null || score > bestScore) {
        best = merged;
        bestSpec = candidate;
        bestScore = score;
      }
    }
    write(adapter, merger, bestSpec, requireNonNull(best), tried);
  }

  /** What a merger without a grid makes of the tasks' adapters. */
  MergeResult merged(MergerSpec spec, AdapterSpec adapter, List<SavedAdapter> experts) {
    ConfiguredMerge configured = new ConfiguredMerge(study.catalog(), study.decoder());
    return merged(spec, new MergeInputs(study, configured, spec).of(adapter, experts), experts);
  }

  /** What a merger without a grid makes of inputs that have all that it needs. */
  MergeResult merged(MergerSpec spec, List<AdapterInput> inputs, List<SavedAdapter> experts) {
    return new ConfiguredMerge(study.catalog(), study.decoder())
        .engine(spec)
        .seed(study.run().seed())
        .interruption(study.interruption())
        .taskIds(true)
        .trial(new StudyTrial(study, experts))
        .build()
        .mergeAdapters(inputs, study.checkpoint());
  }

  private void write(
      AdapterSpec adapter,
      MergerSpec merger,
      MergerSpec chosen,
      MergeResult merged,
      ObjectNode tried) {
    Map<String, LoraDelta> lowRank = new LinkedHashMap<>();
    merged.deltas().forEach((module, delta) -> lowRank.put(module, exact(delta)));
    PeftAdapter peft =
        new PeftAdapterBuilder()
            .taskType("FEATURE_EXTRACTION")
            .baseModel(study.run().base().model())
            .baseModules(study.encoder().sites().stream().map(Site::module).toList())
            .fromDeltas(lowRank);
    ObjectNode report = identity(adapter, merger);
    report.set("settings", settings(merger, chosen));
    if (!merged.masks().isEmpty()) {
      report.put("task_id", "known");
    }
    if (!tried.isEmpty()) {
      report.set("mean_validation_scores", tried);
    }
    AtomicFolder.write(
        study.layout().merged(merger.name(), adapter.name()),
        true,
        folder -> {
          PeftAdapterFolder.writeInto(folder, peft);
          if (!merged.masks().isEmpty()) {
            TaskMasksFile.write(folder.resolve(TaskMasksFile.NAME), tasks(), merged.masks());
          }
          AtomicFile.write(folder.resolve(REPORT), text(report));
        });
  }

  private static ObjectNode settings(MergerSpec merger, MergerSpec chosen) {
    ObjectNode settings = chosen.settings().deepCopy();
    if (merger.grid().containsKey(SPACE)) {
      settings.put(SPACE, chosen.value(SPACE));
    }
    return settings;
  }

  /** What a merger made, with the masks of its tasks if it has some. */
  MergeResult read(AdapterSpec adapter, MergerSpec merger) {
    Path folder = study.layout().merged(merger.name(), adapter.name());
    Map<String, LoraDelta> deltas =
        PeftAdapterFolder.read(folder)
            .deltas(study.encoder().sites().stream().map(Site::module).toList());
    Path masks = folder.resolve(TaskMasksFile.NAME);
    return new MergeResult(
        new LinkedHashMap<>(deltas),
        Files.exists(masks) ? TaskMasksFile.read(masks, tasks()) : Map.of(),
        List.of());
  }

  private List<String> tasks() {
    return study.tasks().stream().map(StudyTask::name).toList();
  }

  private static LoraDelta exact(Delta delta) {
    if (delta instanceof LoraDelta lora) {
      return lora;
    }
    return PeftAdapter.exactLowRank((DenseDelta) delta);
  }

  private boolean isDone(AdapterSpec adapter, MergerSpec merger) {
    Path folder = study.layout().merged(merger.name(), adapter.name());
    if (!Files.exists(folder.resolve(REPORT))) {
      return false;
    }
    JsonNode there = report(adapter, merger);
    ObjectNode known = JsonNodeFactory.instance.objectNode();
    ObjectNode expected = identity(adapter, merger);
    expected.fieldNames().forEachRemaining(key -> known.set(key, there.path(key)));
    String difference = Provenance.difference(known, expected);
    if (!difference.isEmpty()) {
      throw new IllegalArgumentException(
          "%s was merged with another configuration (%s); choose another output or delete it"
              .formatted(folder, difference));
    }
    return true;
  }

  /** All that a merge depends on. */
  ObjectNode identity(AdapterSpec adapter, MergerSpec merger) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("merger", merger.type());
    node.put("base_fingerprint", study.checkpoint().fingerprint());
    node.put("seed", study.run().seed());
    node.set("asked", asked(merger));
    if (readsBatchSums(merger)) {
      node.put("batch_size", study.run().evaluation().batchSize());
    }
    ObjectNode inputs = node.putObject("inputs");
    for (StudyTask task : study.tasks()) {
      inputs.set(task.name(), study.provenance(adapter, task));
    }
    return Provenance.canonical(node);
  }

  private boolean readsBatchSums(MergerSpec merger) {
    ConfiguredMerge configured = new ConfiguredMerge(study.catalog(), study.decoder());
    return merger.candidates().stream()
        .anyMatch(c -> configured.traits(c).needs().contains(Need.FISHER_BATCH_SUM));
  }

  private static ObjectNode asked(MergerSpec merger) {
    ObjectNode asked = merger.settings().deepCopy();
    merger.grid().forEach((key, values) -> asked.putArray(key).addAll(values));
    if (merger.space() != Space.FULL) {
      asked.put(SPACE, merger.space().name().toLowerCase(Locale.ROOT));
    }
    putTransforms(asked, "before", merger.before());
    putTransforms(asked, "after", merger.after());
    return asked;
  }

  private static void putTransforms(ObjectNode node, String key, List<TransformSpec> transforms) {
    for (TransformSpec transform : transforms) {
      node.withArray(key).addObject().put("type", transform.type()).setAll(transform.settings());
    }
  }

  private JsonNode report(AdapterSpec adapter, MergerSpec merger) {
    Path file = study.layout().merged(merger.name(), adapter.name()).resolve(REPORT);
    try {
      // through text, so that numbers compare as they do in the configuration
      return json.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new CheckpointException(file, "cannot be understood: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  private String text(JsonNode node) {
    try {
      return json.writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
