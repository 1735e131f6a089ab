package dev.orthant.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_init_by_strides;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_init_by_tag;

import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.javacpp.Pointer;

/** Descriptions of where the elements of matrices lie. */
final class OneDnnLayout {

  private OneDnnLayout() {}

  /** A dense row-major matrix. */
  static dnnl_memory_desc_t rows(long rows, long columns, int type) {
    return strided(rows, columns, type, columns, 1);
  }

  /** A dense column-major matrix. */
  static dnnl_memory_desc_t columns(long rows, long columns, int type) {
    return strided(rows, columns, type, 1, rows);
  }

  /** A matrix in the order that the library likes best. */
  static dnnl_memory_desc_t any(long rows, long columns, int type) {
    dnnl_memory_desc_t layout = new dnnl_memory_desc_t();
    OneDnn.check(
        "dnnl_memory_desc_init_by_tag",
        dnnl_memory_desc_init_by_tag(
            layout, 2, new long[] {rows, columns}, type, dnnl_format_tag_any));
    return layout;
  }

  /** The same in memory of its own. */
  static dnnl_memory_desc_t copy(dnnl_memory_desc_t layout) {
    dnnl_memory_desc_t copy = new dnnl_memory_desc_t();
    Pointer.memcpy(copy, layout, copy.sizeof());
    return copy;
  }

  private static dnnl_memory_desc_t strided(
      long rows, long columns, int type, long rowStride, long columnStride) {
    dnnl_memory_desc_t layout = new dnnl_memory_desc_t();
    OneDnn.check(
        "dnnl_memory_desc_init_by_strides",
        dnnl_memory_desc_init_by_strides(
            layout, 2, new long[] {rows, columns}, type, new long[] {rowStride, columnStride}));
    return layout;
  }
}
