package dev.orthant.core.train;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.checkpoint.SafetensorsWriter;
import dev.orthant.core.spi.ShapeMismatchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The {@code checkpoint-<step>} folders of a training run: parameters, the optimiser's moments and
 * {@code trainer_state.json}, plus what the caller writes for others to read.
 */
final class TrainingCheckpoints {

  private static final String STATE = "trainer_state.json";
  private static final String PARAMETERS = "parameters.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d+)");

  private final ObjectMapper json =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .setVisibility(PropertyAccessor.FIELD, Visibility.ANY)
          .enable(SerializationFeature.INDENT_OUTPUT);

  private final Path folder;
  private final SnapshotWriter snapshot;

  TrainingCheckpoints(Path folder, SnapshotWriter snapshot) {
    this.folder = folder;
    this.snapshot = snapshot;
  }

  /** Writes the checkpoint of the state's step beside, then renames it. */
  Path write(TrainerState state, List<NamedParameter> parameters, AdamW optimizer) {
    Path target = folder.resolve("checkpoint-" + state.globalStep);
    AtomicFolder.write(
        target,
        true,
        temporary -> {
          snapshot.write(temporary);
          SafetensorsWriter values = new SafetensorsWriter();
          parameters.forEach(p -> values.add(p.name(), p.parameter().value()));
          values.write(temporary.resolve(PARAMETERS));
          SafetensorsWriter moments = new SafetensorsWriter();
          optimizer.state().forEach(moments::add);
          moments.write(temporary.resolve(OPTIMIZER));
          json.writeValue(temporary.resolve(STATE).toFile(), state);
        });
    return target;
  }

  /** The newest checkpoint, if there is one. */
  Optional<Path> newest() {
    return all().stream().max(Comparator.comparingInt(TrainingCheckpoints::step));
  }

  /** Deletes all but the newest {@code keep} and the best. */
  void prune(int keep, @Nullable String best) {
    List<Path> newestFirst =
        all().stream()
            .sorted(Comparator.comparingInt(TrainingCheckpoints::step).reversed())
            .toList();
    newestFirst.stream()
        .skip(keep)
        .filter(path -> !path.getFileName().toString().equals(best))
        .forEach(AtomicFolder::delete);
  }

  /** The state of a checkpoint. */
  TrainerState readState(Path checkpoint) {
    Path file = checkpoint.resolve(STATE);
    try {
      return json.readValue(file.toFile(), TrainerState.class);
    } catch (JsonProcessingException e) {
      throw new CheckpointException(file, "is not a trainer state: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** Sets the parameters to a checkpoint's values. */
  void readParameters(Path checkpoint, List<NamedParameter> parameters) {
    try (SafetensorsFile file = SafetensorsFile.open(checkpoint.resolve(PARAMETERS))) {
      parameters.forEach(p -> assign(file, p.name(), p.parameter().value()));
    }
  }

  /** Sets the optimiser's moments to a checkpoint's. */
  void readOptimizer(Path checkpoint, AdamW optimizer) {
    try (SafetensorsFile file = SafetensorsFile.open(checkpoint.resolve(OPTIMIZER))) {
      for (Map.Entry<String, INDArray> moment : optimizer.state().entrySet()) {
        assign(file, moment.getKey(), moment.getValue());
      }
    }
  }

  private static void assign(SafetensorsFile file, String name, INDArray target) {
    if (!file.names().contains(name)) {
      throw new CheckpointException(
          file.path(), "has no tensor '" + name + "': it belongs to another configuration");
    }
    INDArray value = file.read(name);
    if (!Arrays.equals(value.shape(), target.shape())) {
      throw new ShapeMismatchException(name, target.shape(), value.shape());
    }
    target.assign(value);
  }

  private List<Path> all() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(path -> NAME.matcher(path.getFileName().toString()).matches())
          .filter(path -> Files.isRegularFile(path.resolve(STATE)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
  }

  private static int step(Path checkpoint) {
    Matcher matcher = NAME.matcher(checkpoint.getFileName().toString());
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }
}
