package dev.orthant.cli;

/**
 * A pretrained encoder that a jar in Maven's repositories carries.
 *
 * @param name what users call it
 * @param artifact {@code group:artifact} of the jar
 * @param onnx the model within the jar
 * @param tokenizer its {@code tokenizer.json} within the jar
 */
record BaseModel(String name, String artifact, String onnx, String tokenizer) {

  private static final String GROUP = "dev.langchain4j:langchain4j-embeddings-";

  /** A model of the langchain4j project; its resources are called after it. */
  static BaseModel langchain4j(String name, String artifactSuffix) {
    return new BaseModel(name, GROUP + artifactSuffix, name + ".onnx", name + "-tokenizer.json");
  }
}
