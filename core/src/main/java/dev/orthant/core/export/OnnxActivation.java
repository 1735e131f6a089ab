package dev.orthant.core.export;

import dev.orthant.core.checkpoint.OnnxWriter;
import dev.orthant.core.kernel.Activation;

/** An activation, element by element, in the forms that PyTorch exports. */
final class OnnxActivation {

  private final OnnxWriter onnx;
  private final Activation kind;

  /** Adds the constants that it needs to the graph; one for each graph. */
  OnnxActivation(OnnxWriter onnx, Activation kind) {
    this.onnx = onnx;
    this.kind = kind;
    switch (kind) {
      case GELU -> {
        halves();
        onnx.number("root_two", (float) Math.sqrt(2));
      }
      case GELU_TANH -> {
        halves();
        onnx.number("cubic", 0.044715f);
        onnx.number("root_two_over_pi", (float) Math.sqrt(2 / Math.PI));
      }
      case QUICK_GELU -> onnx.number("steepness", 1.702f);
      case SILU, RELU -> {}
    }
  }

  private void halves() {
    onnx.number("unit", 1f);
    onnx.number("half", 0.5f);
  }

  /** Its values. */
  String of(String x) {
    return switch (kind) {
      case GELU -> scaled(x, onnx.node("Erf", onnx.node("Div", x, "root_two")));
      case GELU_TANH -> {
        String cube = onnx.node("Mul", onnx.node("Mul", x, x), x);
        String sum = onnx.node("Add", x, onnx.node("Mul", "cubic", cube));
        yield scaled(x, onnx.node("Tanh", onnx.node("Mul", "root_two_over_pi", sum)));
      }
      case QUICK_GELU ->
          onnx.node("Mul", x, onnx.node("Sigmoid", onnx.node("Mul", x, "steepness")));
      case SILU -> onnx.node("Mul", x, onnx.node("Sigmoid", x));
      case RELU -> onnx.node("Relu", x);
    };
  }

  /** {@code x (1 + s) / 2}. */
  private String scaled(String x, String s) {
    return onnx.node("Mul", onnx.node("Mul", x, onnx.node("Add", s, "unit")), "half");
  }
}
