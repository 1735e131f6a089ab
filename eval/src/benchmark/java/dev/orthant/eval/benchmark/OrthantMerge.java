package dev.orthant.eval.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.inject.Guice;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.merge.recipe.MergeNote;
import dev.orthant.core.merge.recipe.ModelMerge;
import dev.orthant.core.merge.recipe.Models;
import dev.orthant.core.merge.recipe.Provenance;
import dev.orthant.core.merge.stream.FileDigests;
import dev.orthant.core.merge.stream.MergeSettings;
import dev.orthant.core.merge.stream.StreamingMerge;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.wiring.OrthantModule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A merge as the command line does it, without digests of the inputs, which mergekit has not. */
final class OrthantMerge implements Side {

  private final MergeSettings settings;
  private final Catalog catalog =
      Guice.createInjector(OrthantModule.builder().build()).getInstance(Catalog.class);
  private final JsonNode root;

  OrthantMerge(MergeMethod method, int threads) {
    this.settings = new MergeSettings(threads, 2L << 30, 5_000_000_000L);
    this.root = new ConfigDecoder().parse(method.yaml());
  }

  @Override
  public double run() {
    Path out = MergeModels.folder().resolve("orthant");
    try (Models models = new Models(List.of(Path.of("")))) {
      ModelMerge merge = ModelMerge.ofMergekit(root, "benchmark", models, catalog, settings, 42);
      FileDigests none = new FileDigests(Map.of());
      Provenance provenance =
          new Provenance(
              new MergeNote(root, merge.merger(), "benchmark", 42, models.opened(), none));
      new StreamingMerge(settings, Progress.none(), new Interruption())
          .run(
              merge.plan(),
              out,
              true,
              (folder, summaries) -> provenance.writeInto(folder, merge, summaries));
    }
    try (HuggingFaceCheckpoint merged = HuggingFaceCheckpoint.open(out)) {
      return merged.read(MergeModels.TOLD).norm2Number().doubleValue();
    }
  }
}
