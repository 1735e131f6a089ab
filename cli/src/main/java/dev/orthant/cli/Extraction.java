package dev.orthant.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.inject.Inject;
import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.PeftAdapterBuilder;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.lowrank.Compression;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.spi.CounterRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Approximates the difference of two models module by module and writes it as an adapter. */
final class Extraction {

  private static final String WEIGHT = ".weight";
  private static final String FILE = "extract.json";
  private static final List<String> NOT_LINEAR =
      List.of("embed", "wte", "wpe", "shared", "lm_head");

  private final Backend backend;
  private final Progress progress;
  private final Interruption interruption;

  @Inject
  Extraction(Backend backend, Progress progress, Interruption interruption) {
    this.backend = backend;
    this.progress = progress;
    this.interruption = interruption;
  }

  /** What the command line asks for. */
  record Request(
      Path base,
      Path model,
      int rank,
      double energy,
      List<String> modules,
      long seed,
      Path output,
      boolean force) {}

  /**
   * One module that was approximated.
   *
   * @param norm of the difference
   * @param relativeError of the approximation
   */
  record Module(String name, int rank, double norm, double relativeError) {}

  /**
   * What was done.
   *
   * @param relativeError of all modules together
   * @param leftOut norm of the difference in tensors that no module of the adapter has, relative to
   *     that of the whole
   */
  record Result(List<Module> modules, double relativeError, double leftOut) {}

  Result run(Request request) throws IOException {
    OutputFolder.requireFree(request.output(), request.force());
    try (HuggingFaceCheckpoint base = HuggingFaceCheckpoint.open(request.base());
        HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(request.model())) {
      List<String> chosen = chosen(base, model, request);
      backend.start();
      Map<String, LoraDelta> deltas = new LinkedHashMap<>();
      Result result = approximate(base, model, chosen, request, deltas);
      if (deltas.isEmpty()) {
        throw new IllegalArgumentException(
            "%s does not differ from %s in the chosen modules"
                .formatted(request.model(), request.base()));
      }
      PeftAdapter adapter =
          new PeftAdapterBuilder()
              .taskType("FEATURE_EXTRACTION")
              .baseModel(request.base().toString())
              .baseModules(modules(base))
              .fromDeltas(deltas);
      AtomicFolder.write(
          request.output(),
          request.force(),
          folder -> {
            PeftAdapterFolder.writeInto(folder, adapter);
            Files.writeString(folder.resolve(FILE), note(request, base, model, result));
          });
      return result;
    }
  }

  /** The tensors to approximate; refuses models that do not fit. */
  private static List<String> chosen(
      HuggingFaceCheckpoint base, HuggingFaceCheckpoint model, Request request) {
    if (base.config().path("model_type").asText().equals("gpt2")) {
      throw new IllegalArgumentException(
          request.base()
              + ": GPT-2 stores its matrices transposed, which extract does not support");
    }
    List<String> problems = new ArrayList<>();
    List<String> chosen = new ArrayList<>();
    for (String name : base.names()) {
      if (!model.names().contains(name)) {
        problems.add("%s has no tensor '%s'".formatted(request.model(), name));
        continue;
      }
      long[] shape = base.info(name).shape();
      if (!Arrays.equals(shape, model.info(name).shape())) {
        problems.add(
            "tensor '%s' has shape %s in %s and %s in the base"
                .formatted(
                    name,
                    Arrays.toString(model.info(name).shape()),
                    request.model(),
                    Arrays.toString(shape)));
      } else if (shape.length == 2
          && name.endsWith(WEIGHT)
          && base.info(name).dtype().isFloat()
          && takes(request.modules(), module(name))) {
        chosen.add(name);
      }
    }
    for (String wanted : request.modules()) {
      if (chosen.stream().noneMatch(name -> takes(List.of(wanted), module(name)))) {
        problems.add("no module of the base ends with '" + wanted + "'");
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join(System.lineSeparator() + "  ", problems));
    }
    return chosen;
  }

  private static boolean takes(List<String> ends, String module) {
    return ends.isEmpty()
        ? NOT_LINEAR.stream().noneMatch(module::contains)
        : ends.stream().anyMatch(end -> module.equals(end) || module.endsWith("." + end));
  }

  private Result approximate(
      HuggingFaceCheckpoint base,
      HuggingFaceCheckpoint model,
      List<String> chosen,
      Request request,
      Map<String, LoraDelta> deltas) {
    List<Module> modules = new ArrayList<>();
    double lost = 0;
    double inModules = 0;
    double outside = 0;
    try (Progress.Task task = progress.start("extract", base.names().size(), "tensors")) {
      for (String name : base.names()) {
        interruption.check();
        if (base.info(name).dtype().isFloat()) {
          INDArray values = model.read(name).subi(base.read(name));
          DenseDelta delta = new DenseDelta(values);
          double norm = delta.norm();
          if (!chosen.contains(name)) {
            outside += norm * norm;
          } else if (norm > 0) {
            long seed = CounterRandom.seed(request.seed(), name);
            Compression compression =
                LowRank.approximate(delta, request.rank(), request.energy(), seed);
            deltas.put(module(name), compression.delta());
            double error = compression.relativeError();
            modules.add(new Module(module(name), compression.delta().rank(), norm, error));
            lost += error * norm * error * norm;
            inModules += norm * norm;
          }
          values.close(); // off the heap, where the garbage collector would be late
        }
        task.step(1);
      }
    }
    double all = inModules + outside;
    return new Result(
        modules,
        inModules == 0 ? 0 : Math.sqrt(lost / inModules),
        all == 0 ? 0 : Math.sqrt(outside / all));
  }

  private static String module(String tensor) {
    return tensor.substring(0, tensor.length() - WEIGHT.length());
  }

  private static List<String> modules(HuggingFaceCheckpoint model) {
    return model.names().stream()
        .filter(name -> name.endsWith(WEIGHT))
        .map(Extraction::module)
        .toList();
  }

  private static String note(
      Request request, HuggingFaceCheckpoint base, HuggingFaceCheckpoint model, Result result)
      throws IOException {
    ObjectMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    ObjectNode note = json.createObjectNode();
    note.put("orthant", VersionProvider.version());
    note.put("base", base.fingerprint()).put("model", model.fingerprint());
    note.put("rank", request.rank()).put("energy", request.energy()).put("seed", request.seed());
    note.put("relative_error", result.relativeError()).put("left_out", result.leftOut());
    ArrayNode modules = note.putArray("modules");
    for (Module module : result.modules()) {
      modules
          .addObject()
          .put("name", module.name())
          .put("rank", module.rank())
          .put("norm", module.norm())
          .put("relative_error", module.relativeError());
    }
    return json.writeValueAsString(note) + "\n";
  }
}
