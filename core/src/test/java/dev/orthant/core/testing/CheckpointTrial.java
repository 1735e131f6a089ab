package dev.orthant.core.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.merge.stream.MergePlan;
import dev.orthant.core.merge.stream.MergeSettings;
import dev.orthant.core.merge.stream.SourceModel;
import dev.orthant.core.merge.stream.StreamingMerge;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.spi.MergerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Merges whole models: a base of ones and models that differ from it by given deltas, written as
 * files and streamed through the engine of {@code orthant merge}.
 *
 * @param folder for the files
 * @param seed of the random numbers
 */
record CheckpointTrial(Path folder, long seed) {

  /** What merging adds to the base, tensor by tensor; inputs are named x0, x1 and so on. */
  <C extends Record> Map<String, Delta> merge(
      MergerFactory<C> factory, C config, List<Map<String, Delta>> inputs) {
    List<HuggingFaceCheckpoint> open = new ArrayList<>();
    try {
      Map<String, Delta> shapes = inputs.get(0);
      open.add(write("base", shapes, false));
      for (int i = 0; i < inputs.size(); i++) {
        open.add(write("x" + i, inputs.get(i), true));
      }
      Path out = folder.resolve("merged");
      new StreamingMerge(
              new MergeSettings(2, 1L << 30, 1L << 30), Progress.none(), new Interruption())
          .run(plan(factory, config, open, shapes), out, true, CheckpointTrial::config);
      open.add(HuggingFaceCheckpoint.open(out));
      HuggingFaceCheckpoint merged = open.get(open.size() - 1);
      Map<String, Delta> deltas = new LinkedHashMap<>();
      shapes.forEach(
          (tensor, shape) -> deltas.put(tensor, new DenseDelta(merged.read(tensor).subi(1))));
      return deltas;
    } finally {
      open.forEach(HuggingFaceCheckpoint::close);
    }
  }

  private <C extends Record> MergePlan plan(
      MergerFactory<C> factory,
      C config,
      List<HuggingFaceCheckpoint> models,
      Map<String, Delta> shapes) {
    List<SourceModel> sources = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      sources.add(SourceModel.of(i == 0 ? "base" : "x" + (i - 1), models.get(i)));
    }
    MergePlan.Rule rule =
        new MergePlan.Rule(
            factory.name(),
            config.toString(),
            factory.traits(config),
            () -> factory.create(config),
            List.of(),
            List.of());
    List<MergePlan.Output> outputs = new ArrayList<>();
    shapes.forEach(
        (tensor, delta) -> {
          List<MergePlan.Input> inputs = new ArrayList<>();
          for (SourceModel source : sources.subList(1, sources.size())) {
            inputs.add(new MergePlan.Input(source.name(), 1, new MergePlan.Part(source, tensor)));
          }
          MergePlan.Part base = new MergePlan.Part(sources.get(0), tensor);
          outputs.add(
              new MergePlan.Output(
                  tensor, Dtype.F32, delta.shape(), new MergePlan.Merge(0, inputs, base)));
        });
    return new MergePlan(outputs, List.of(rule), seed);
  }

  private HuggingFaceCheckpoint write(String name, Map<String, Delta> deltas, boolean add) {
    CheckpointWriter writer = new CheckpointWriter(JsonNodeFactory.instance.objectNode());
    deltas.forEach(
        (tensor, delta) -> {
          INDArray values = add ? delta.dense().addi(1) : Nd4j.ones(delta.shape());
          writer.add(tensor, Dtype.F32, delta.shape(), () -> values);
        });
    writer.write(folder.resolve(name), true);
    return HuggingFaceCheckpoint.open(folder.resolve(name));
  }

  private static void config(Path model, Object summaries) {
    try {
      Files.writeString(model.resolve("config.json"), "{}");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
