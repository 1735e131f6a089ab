package dev.orthant.core.export;

/** What a model is exported as. */
public enum ExportFormat {
  /** A folder in Hugging Face's layout: {@code config.json} and {@code model.safetensors}. */
  SAFETENSORS,
  /** A folder with {@code model.onnx} beside {@code config.json} and the tokenizer's files. */
  ONNX
}
