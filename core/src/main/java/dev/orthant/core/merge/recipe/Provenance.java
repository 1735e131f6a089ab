package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.TokenizerFiles;
import dev.orthant.core.merge.stream.MergePlan;
import dev.orthant.core.merge.stream.TensorSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What lies beside a merged model's weights: its configuration and tokenizer, and what it was made
 * from.
 */
public record Provenance(MergeNote note) {

  /** Writes all of it. */
  public void writeInto(Path folder, ModelMerge merge, List<TensorSummary> summaries)
      throws IOException {
    Files.writeString(folder.resolve("config.json"), MergeNote.text(merge.config()));
    Path generation = merge.reference().checkpoint().folder().resolve("generation_config.json");
    if (Files.isRegularFile(generation)) {
      Files.write(folder.resolve("generation_config.json"), Files.readAllBytes(generation));
    }
    TokenizerFiles.copy(merge.tokenizer(), folder);
    for (Map.Entry<String, String> file : merge.tokenizerFiles().entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
    Files.writeString(folder.resolve(MergeNote.FILE), MergeNote.text(tree(summaries)));
    Files.writeString(
        folder.resolve(MergeNote.CARD), note.card("transformers", contents(merge.plan())));
  }

  private ObjectNode tree(List<TensorSummary> summaries) {
    ObjectNode tree = note.json();
    ArrayNode groups = tree.putArray("groups");
    TensorGroup.of(summaries).forEach((name, group) -> groups.add(tree(name, group)));
    ArrayNode tensors = tree.putArray("tensors");
    summaries.forEach(s -> tensors.add(tree(s.tensor(), TensorGroup.of(s))));
    return tree;
  }

  private static ObjectNode tree(String name, TensorGroup group) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("name", name);
    if (group.tensors() > 1) {
      node.put("tensors", group.tensors());
    }
    node.put("elements", group.elements());
    ArrayNode norms = node.putArray("input_norms");
    group.inputNorms().forEach(norms::add);
    return node.put("merged_norm", group.mergedNorm())
        .put("density", group.density())
        .put("sign_conflicts", group.signConflicts());
  }

  private static String contents(MergePlan plan) {
    long parameters = plan.outputs().stream().mapToLong(MergePlan.Output::elements).sum();
    Map<String, Integer> types = new LinkedHashMap<>();
    plan.outputs().forEach(output -> types.merge(output.dtype().name(), 1, Integer::sum));
    return "It has %,d parameters in %s.".formatted(parameters, String.join(", ", types.keySet()));
  }
}
