package dev.orthant.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.dnnl_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;

import org.jspecify.annotations.Nullable;

/** Rounds a few rows to bfloat16, into memory of its own; for one thread at a time. */
final class OneDnnRounding {

  private final OneDnn library;
  private final int width;
  private final AlignedMemory rounded; // [ROWS, width]
  private final @Nullable OneDnnCall[] calls = new OneDnnCall[OneDnnMatmul.ROWS + 1]; // by rows

  OneDnnRounding(OneDnn library, int width) {
    this.library = library;
    this.width = width;
    this.rounded = new AlignedMemory((long) Short.BYTES * OneDnnMatmul.ROWS * width);
  }

  /** Where the rows at an address lie rounded to nearest, until the next use. */
  long round(long x, int rows) {
    OneDnnCall call = calls[rows];
    if (call == null) {
      call =
          OneDnnCall.reorder(
              library,
              OneDnnLayout.rows(rows, width, dnnl_f32),
              OneDnnLayout.rows(rows, width, dnnl_bf16));
      call.at(OneDnnCall.TO, rounded.address());
      calls[rows] = call;
    }
    call.at(OneDnnCall.FROM, x).run();
    return rounded.address();
  }
}
