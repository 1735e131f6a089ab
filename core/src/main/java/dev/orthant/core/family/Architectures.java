package dev.orthant.core.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.NearestName;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** Loads a model folder by the family that reads its {@code model_type}. */
public final class Architectures {

  private final TreeMap<String, List<ArchitectureFactory>> byType = new TreeMap<>();

  /** The families of a catalog. */
  public Architectures(Catalog catalog) {
    for (String name : catalog.names(Kind.ARCHITECTURE)) {
      ArchitectureFactory family = catalog.architecture(name);
      new TreeSet<>(family.modelTypes())
          .forEach(type -> byType.computeIfAbsent(type, t -> new ArrayList<>()).add(family));
    }
  }

  /** The values of {@code model_type} that can be loaded, sorted. */
  public List<String> modelTypes() {
    return List.copyOf(byType.keySet());
  }

  /** As {@link #load(HuggingFaceCheckpoint, LoadSettings)}, with the default settings. */
  public Transformer load(HuggingFaceCheckpoint checkpoint) {
    return load(checkpoint, LoadSettings.defaults());
  }

  /**
   * Reads a model folder.
   *
   * @throws CheckpointException if no family reads it, or its own one cannot, saying why
   */
  public Transformer load(HuggingFaceCheckpoint checkpoint, LoadSettings settings) {
    return load(checkpoint, checkpoint, settings);
  }

  /**
   * Reads a model folder whose weights come by another way, such as one that keeps track of them.
   *
   * @throws CheckpointException if no family reads it, or its own one cannot, saying why
   */
  public Transformer load(
      HuggingFaceCheckpoint checkpoint, TensorSource weights, LoadSettings settings) {
    ArchitectureFactory family = find(checkpoint);
    try {
      return family.load(checkpoint.config(), weights, settings);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(checkpoint.folder(), e.getMessage(), e);
    }
  }

  private ArchitectureFactory find(HuggingFaceCheckpoint checkpoint) {
    JsonNode type = checkpoint.config().path("model_type");
    if (!type.isTextual()) {
      throw new CheckpointException(
          checkpoint.folder(),
          "its config.json has no model_type; supported are " + String.join(", ", modelTypes()));
    }
    List<ArchitectureFactory> families = byType.getOrDefault(type.asText(), List.of());
    if (families.isEmpty()) {
      throw new CheckpointException(
          checkpoint.folder(),
          "no architecture reads model_type '%s'%s Supported: %s. Put the jar of a plug-in that reads it on the class path or into a plug-in folder."
              .formatted(type.asText(), hint(type.asText()), String.join(", ", modelTypes())));
    }
    if (families.size() > 1) {
      throw new CheckpointException(
          checkpoint.folder(),
          "model_type '%s' is read by %s; only one of them can be there"
              .formatted(
                  type.asText(),
                  String.join(" and ", families.stream().map(f -> "'" + f.name() + "'").toList())));
    }
    return families.get(0);
  }

  private String hint(String type) {
    String hint = NearestName.hint(type, modelTypes());
    return hint.isEmpty() ? "." : hint;
  }
}
