package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.orthant.core.merge.TensorReport;
import dev.orthant.core.merge.stream.FileDigests;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a result was made from, for those who find it: {@code merge.json} and a model card.
 *
 * @param configuration the merge's, as it was given
 * @param method the merger
 * @param version of Orthant
 * @param seed of all random numbers
 * @param inputs the folders that were read
 * @param digests of their files
 */
public record MergeNote(
    JsonNode configuration,
    String method,
    String version,
    long seed,
    Set<Path> inputs,
    FileDigests digests) {

  /** The name of the note's file. */
  public static final String FILE = "merge.json";

  /** The name of the card's file. */
  public static final String CARD = "README.md";

  /**
   * The files of a merge of adapters, by name.
   *
   * @param report what was done to each module
   * @param library that loads the result
   */
  public Map<String, String> files(List<TensorReport> report, String library) {
    ObjectNode note = json();
    ArrayNode tensors = note.putArray("tensors");
    report.forEach(module -> tensors.add(tree(module)));
    String contents = "%d modules were merged.".formatted(report.size());
    return Map.of(FILE, text(note), CARD, card(library, contents));
  }

  private static ObjectNode tree(TensorReport report) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("name", report.tensor());
    ArrayNode norms = node.putArray("input_norms");
    report.inputNorms().forEach(norms::add);
    return node.put("mean_cosine", report.meanCosine())
        .put("merged_norm", report.mergedNorm())
        .put("merged_rank", report.mergedRank())
        .put("transform_error", report.transformError());
  }

  /** All that is known of the whole merge. */
  ObjectNode json() {
    ObjectNode note = JsonNodeFactory.instance.objectNode();
    note.put("orthant", version);
    note.put("merger", method);
    note.put("seed", seed);
    note.set("configuration", configuration);
    ArrayNode files = note.putArray("inputs");
    digests
        .sha256()
        .forEach(
            (file, digest) -> files.addObject().put("file", file.toString()).put("sha256", digest));
    return note;
  }

  /** A tree as it is written. */
  static String text(JsonNode tree) {
    try {
      return JsonMapper.builder()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .build()
              .writeValueAsString(tree)
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can be written", e);
    }
  }

  /**
   * The model card.
   *
   * @param library that loads the result
   * @param contents a sentence about it
   */
  String card(String library, String contents) {
    ObjectNode front = JsonNodeFactory.instance.objectNode();
    ArrayNode bases = front.putArray("base_model");
    inputs.forEach(input -> bases.add(input.getFileName().toString()));
    front.putArray("tags").add("merge").add("orthant");
    front.put("library_name", library);
    StringBuilder models = new StringBuilder();
    inputs.forEach(input -> models.append("- ").append(input.getFileName()).append('\n'));
    return """
        ---
        %s---
        # Merged %s

        Made with Orthant %s by `%s` from

        %s
        %s What it was made from, with digests, is in [merge.json](merge.json).

        ```yaml
        %s```
        """
        .formatted(
            yaml(front),
            library.equals("peft") ? "adapter" : "model",
            version,
            method,
            models,
            contents,
            yaml(configuration));
  }

  private static String yaml(JsonNode tree) {
    try {
      return YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .build()
          .writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can be written", e);
    }
  }
}
