package dev.orthant.core.merge.recipe;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.checkpoint.WeightLayout;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.merge.stream.SourceModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The models of a recipe, each folder opened once. */
public final class Models implements AutoCloseable {

  private static final String WEIGHT = ".weight";

  private final List<Path> folders;
  private final Map<Path, HuggingFaceCheckpoint> checkpoints = new LinkedHashMap<>();
  private final Map<String, SourceModel> models = new LinkedHashMap<>();
  private final Set<Path> adapters = new LinkedHashSet<>();

  /**
   * @param folders where relative paths are looked for, in this order
   */
  public Models(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  /**
   * The model of a reference: a folder, with {@code +} and an adapter's folder if one is to be
   * folded in.
   *
   * @throws CheckpointException if a folder is missing or malformed
   * @throws IllegalArgumentException if the adapter does not fit the model
   */
  SourceModel get(String reference) {
    SourceModel known = models.get(reference);
    if (known == null) {
      known = open(reference);
      models.put(reference, known);
    }
    return known;
  }

  /** Has a model of this name from now on. */
  void put(String reference, SourceModel model) {
    models.put(reference, model);
  }

  private SourceModel open(String reference) {
    int plus = reference.indexOf('+');
    boolean adapted = plus > 0 && !Files.isDirectory(resolve(reference));
    HuggingFaceCheckpoint model =
        checkpoint(resolve(adapted ? reference.substring(0, plus) : reference));
    if (!adapted) {
      return SourceModel.of(reference, model);
    }
    Path folder = resolve(reference.substring(plus + 1));
    adapters.add(folder);
    return SourceModel.of(reference, model, deltas(folder, model));
  }

  /** An adapter's deltas under the names that a model has for its modules. */
  static Map<String, Delta> deltas(Path folder, HuggingFaceCheckpoint model) {
    PeftAdapter adapter = PeftAdapterFolder.read(folder);
    Set<String> replaced = adapter.replacements(model);
    if (!replaced.isEmpty()) {
      throw new CheckpointException(
          folder,
          "replaces tensors of the base (%s), which a merge of models cannot carry; put it into its base first: orthant import %s FOLDER --base %s"
              .formatted(String.join(", ", replaced), folder, model.folder()));
    }
    List<String> modules =
        model.names().stream()
            .filter(name -> name.endsWith(WEIGHT))
            .map(name -> name.substring(0, name.length() - WEIGHT.length()))
            .toList();
    WeightLayout layout = WeightLayout.of(model.config(), adapter.config().fanInFanOut());
    TensorSource linear = layout.linear(model);
    return layout.stored(adapter.deltas(modules, module -> linear.read(module + WEIGHT)));
  }

  private HuggingFaceCheckpoint checkpoint(Path folder) {
    HuggingFaceCheckpoint open = checkpoints.get(folder);
    if (open == null) {
      open = HuggingFaceCheckpoint.open(folder);
      checkpoints.put(folder, open);
    }
    return open;
  }

  /** The folder of a path as it is written in a file. */
  public Path resolve(String path) {
    Path first = null;
    for (Path folder : folders) {
      Path candidate = folder.resolve(path).toAbsolutePath().normalize();
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
      first = first == null ? candidate : first;
    }
    return requireNonNull(first, "folders");
  }

  /** The opened models' folders, then those of adapters. */
  public Set<Path> opened() {
    Set<Path> opened = new LinkedHashSet<>(checkpoints.keySet());
    opened.addAll(adapters);
    return opened;
  }

  @Override
  public void close() {
    checkpoints.values().forEach(HuggingFaceCheckpoint::close);
  }
}
