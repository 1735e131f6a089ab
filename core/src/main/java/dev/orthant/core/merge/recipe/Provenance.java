package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.orthant.core.checkpoint.TokenizerFiles;
import dev.orthant.core.merge.stream.FileDigests;
import dev.orthant.core.merge.stream.MergePlan;
import dev.orthant.core.merge.stream.TensorSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What lies beside a merged model's weights: its configuration and tokenizer, {@code merge.json}
 * with all that it was made from, and a model card.
 *
 * @param configuration the merge's, as it was given
 * @param method the merger
 * @param version of Orthant
 * @param inputs the folders that were read
 * @param digests of their files, by path
 */
public record Provenance(
    JsonNode configuration, String method, String version, Set<Path> inputs, FileDigests digests) {

  private static final String FILE = "merge.json";

  /** Writes all of it. */
  public void writeInto(Path folder, ModelMerge merge, List<TensorSummary> summaries)
      throws IOException {
    JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    Files.writeString(
        folder.resolve("config.json"), json.writeValueAsString(merge.config()) + "\n");
    Path generation = merge.reference().checkpoint().folder().resolve("generation_config.json");
    if (Files.isRegularFile(generation)) {
      Files.write(folder.resolve("generation_config.json"), Files.readAllBytes(generation));
    }
    TokenizerFiles.copy(merge.tokenizer(), folder);
    Files.writeString(folder.resolve(FILE), json.writeValueAsString(note(merge, summaries)) + "\n");
    Files.writeString(folder.resolve("README.md"), card(merge));
  }

  private ObjectNode note(ModelMerge merge, List<TensorSummary> summaries) {
    ObjectNode note = JsonNodeFactory.instance.objectNode();
    note.put("orthant", version);
    note.put("merger", method);
    note.put("seed", merge.plan().seed());
    note.set("configuration", configuration);
    ArrayNode files = note.putArray("inputs");
    digests
        .sha256()
        .forEach(
            (file, digest) -> files.addObject().put("file", file.toString()).put("sha256", digest));
    ArrayNode groups = note.putArray("groups");
    TensorGroup.of(summaries).forEach((name, group) -> groups.add(tree(name, group)));
    ArrayNode tensors = note.putArray("tensors");
    summaries.forEach(s -> tensors.add(tree(s.tensor(), TensorGroup.of(s))));
    return note;
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

  private String card(ModelMerge merge) throws IOException {
    YAMLMapper yaml =
        YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();
    ObjectNode front = JsonNodeFactory.instance.objectNode();
    ArrayNode bases = front.putArray("base_model");
    inputs.forEach(input -> bases.add(input.getFileName().toString()));
    front.putArray("tags").add("merge").add("orthant");
    front.put("library_name", "transformers");
    long parameters = merge.plan().outputs().stream().mapToLong(MergePlan.Output::elements).sum();
    Map<String, Integer> types = new LinkedHashMap<>();
    merge.plan().outputs().forEach(output -> types.merge(output.dtype().name(), 1, Integer::sum));
    StringBuilder models = new StringBuilder();
    inputs.forEach(input -> models.append("- ").append(input.getFileName()).append('\n'));
    return """
        ---
        %s---
        # Merged model

        Made with Orthant %s by `%s` from

        %s
        It has %,d parameters in %s. What it was made from, with digests, is in [merge.json](merge.json).

        ```yaml
        %s```
        """
        .formatted(
            yaml.writeValueAsString(front),
            version,
            method,
            models,
            parameters,
            String.join(", ", types.keySet()),
            yaml.writeValueAsString(configuration));
  }
}
