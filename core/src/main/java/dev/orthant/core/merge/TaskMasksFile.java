package dev.orthant.core.merge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.spi.TaskMask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each task uses of merged deltas, as a safetensors file beside them: for each module {@code
 * MODULE.mask} [tasks, bytes] of unsigned bytes, one bit an element in row-major order, the lowest
 * first, and {@code MODULE.scale} [tasks] in double precision. The metadata are {@code format =
 * orthant-task-masks}, {@code version} and {@code tasks}, a JSON list of their names.
 */
public final class TaskMasksFile {

  /** The name of the file in a folder with a merged adapter. */
  public static final String NAME = "task_masks.safetensors";

  private static final String FORMAT = "orthant-task-masks";
  private static final String VERSION = "1";
  private static final String MASK = ".mask";
  private static final String SCALE = ".scale";
  private static final ObjectMapper JSON = new ObjectMapper();

  private TaskMasksFile() {}

  /**
   * Writes a file.
   *
   * @param tasks the inputs' names, in the order of the masks
   * @param masks module path to the masks of all tasks
   */
  public static void write(Path file, List<String> tasks, Map<String, List<TaskMask>> masks) {
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .metadata("format", FORMAT)
            .metadata("version", VERSION)
            .metadata("tasks", text(tasks));
    masks.forEach(
        (module, all) -> {
          int width = all.get(0).bits().length;
          byte[] bits = new byte[all.size() * width];
          for (int i = 0; i < all.size(); i++) {
            System.arraycopy(all.get(i).bits(), 0, bits, i * width, width);
          }
          writer.addBytes(module + MASK, bits, all.size(), width);
          double[] scales = all.stream().mapToDouble(TaskMask::scale).toArray();
          writer.addDoubles(module + SCALE, scales, scales.length);
        });
    writer.write(file);
  }

  /**
   * Reads the masks by module path.
   *
   * @param tasks the names that the file has to be of, in this order
   * @throws CheckpointException if the file is none of masks, or of other tasks
   */
  public static Map<String, List<TaskMask>> read(Path file, List<String> tasks) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      if (!FORMAT.equals(tensors.metadata().get("format"))
          || !VERSION.equals(tensors.metadata().get("version"))) {
        throw new CheckpointException(file, "is not a file of task masks, version " + VERSION);
      }
      List<String> there = names(file, tensors.metadata().getOrDefault("tasks", "[]"));
      if (!there.equals(tasks)) {
        throw new CheckpointException(
            file, "has the masks of the tasks %s, expected %s".formatted(there, tasks));
      }
      Map<String, List<TaskMask>> masks = new LinkedHashMap<>();
      for (String name : tensors.names()) {
        if (name.endsWith(MASK)) {
          String module = name.substring(0, name.length() - MASK.length());
          masks.put(module, read(tensors, module, tasks.size()));
        }
      }
      return masks;
    }
  }

  private static List<TaskMask> read(SafetensorsFile file, String module, int tasks) {
    double[] scales = file.readDoubles(module + SCALE);
    long[] shape = file.info(module + MASK).shape();
    if (scales.length != tasks || shape.length != 2 || shape[0] != tasks) {
      throw new CheckpointException(
          file.path(),
          "module '%s' has masks of shape %s and %d scales, expected those of %d tasks"
              .formatted(module, Arrays.toString(shape), scales.length, tasks));
    }
    long[] bytes = file.readLongs(module + MASK);
    int width = (int) shape[1];
    List<TaskMask> masks = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      byte[] bits = new byte[width];
      for (int k = 0; k < width; k++) {
        bits[k] = (byte) bytes[i * width + k];
      }
      masks.add(new TaskMask(bits, scales[i]));
    }
    return masks;
  }

  private static String text(List<String> tasks) {
    try {
      return JSON.writeValueAsString(tasks);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a list of strings is always JSON", e);
    }
  }

  private static List<String> names(Path file, String json) {
    try {
      return JSON.readValue(json, new TypeReference<List<String>>() {});
    } catch (JsonProcessingException e) {
      throw new CheckpointException(file, "metadata 'tasks' is not a JSON list of names", e);
    }
  }
}
