package dev.orthant.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_sum;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_scratchpad_mode;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_weights_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_scratchpad_mode_user;

import dev.orthant.core.kernel.OneDnnCall.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.bytedeco.dnnl.const_dnnl_op_desc_t;
import org.bytedeco.dnnl.dnnl_matmul_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.jspecify.annotations.Nullable;

/** Products of a few rows x [rows, k] with packed weights [k, n], on the calling thread. */
final class OneDnnMatmul {

  /** How many rows at once are good where the weights fit the cache of a core. */
  static final int ROWS = 64;

  /** How many where they do not, so that they are read less often. */
  private static final int MANY_ROWS = 256;

  private static final long CACHE = 4L << 20; // bytes

  /** What is in the result before the product is added. */
  enum Start {
    ZERO,
    BIAS,
    RESULT;

    static final int COUNT = values().length;
  }

  private static final int X = 0;
  private static final int WEIGHTS = 1;
  private static final int Y = 2;
  private static final int BIAS = 3;

  private final OneDnn library;
  private final int k;
  private final int n;
  private final int type;
  private final dnnl_memory_desc_t packed; // [k, n]
  private final @Nullable Lending<OneDnnRounding> roundings;
  private final AtomicReferenceArray<Lending<OneDnnCall>> calls =
      new AtomicReferenceArray<>((MANY_ROWS + 1) * Start.COUNT); // by rows and start

  OneDnnMatmul(OneDnn library, int k, int n, Precision precision) {
    this.library = library;
    this.k = k;
    this.n = n;
    this.type = precision == Precision.BF16 ? dnnl_bf16 : dnnl_f32;
    this.roundings = precision == Precision.BF16 ? library.roundings(k) : null;
    this.packed = library.openMp().onOneThread(this::orderThatIsLiked);
  }

  private dnnl_memory_desc_t orderThatIsLiked() {
    dnnl_primitive_desc product = description(ROWS, Start.ZERO, OneDnnLayout.any(k, n, type));
    dnnl_memory_desc_t liked =
        OneDnnLayout.copy(dnnl_primitive_desc_query_md(product, dnnl_query_weights_md, 0));
    dnnl_primitive_desc_destroy(product);
    return liked;
  }

  /** How many rows at once are good, and the most that are possible. */
  int rows() {
    return type == dnnl_f32 && (long) Float.BYTES * k * n > CACHE ? MANY_ROWS : ROWS;
  }

  /** The number of columns of x. */
  int inputs() {
    return k;
  }

  /** The number of columns of y. */
  int outputs() {
    return n;
  }

  /** What makes x of single-precision rows, until it is given back; null if they are x as is. */
  @Nullable OneDnnRounding borrowRounding() {
    return roundings == null ? null : roundings.borrow();
  }

  /** Ends the use of what was borrowed. */
  void giveBack(OneDnnRounding rounding) {
    if (roundings != null) {
      roundings.giveBack(rounding);
    }
  }

  /** Packs weights [k, n], or the transpose of weights [n, k]. */
  AlignedMemory pack(Floats weights, boolean transposed) {
    dnnl_memory_desc_t from =
        transposed ? OneDnnLayout.columns(k, n, dnnl_f32) : OneDnnLayout.rows(k, n, dnnl_f32);
    AlignedMemory memory = new AlignedMemory(dnnl_memory_desc_get_size(packed));
    try (OneDnnCall reorder = OneDnnCall.reorder(library, from, packed)) {
      reorder.at(OneDnnCall.FROM, weights.address(0)).at(OneDnnCall.TO, memory.address()).run();
    }
    return memory;
  }

  /**
   * {@code y = start + x weights}.
   *
   * @param rows at most {@link #rows()}
   * @param x [rows, k], in this product's precision
   * @param weights packed by this
   * @param bias [n], read if the result starts from it
   * @param y [rows, n], single-precision
   */
  void run(int rows, long x, long weights, Start start, long bias, long y) {
    Lending<OneDnnCall> lending = lending(rows, start);
    OneDnnCall call = lending.borrow();
    call.at(X, x).at(WEIGHTS, weights).at(Y, y);
    if (start == Start.BIAS) {
      call.at(BIAS, bias);
    }
    call.run();
    lending.giveBack(call);
  }

  private Lending<OneDnnCall> lending(int rows, Start start) {
    int slot = rows * Start.COUNT + start.ordinal();
    Lending<OneDnnCall> known = calls.get(slot);
    if (known != null) {
      return known;
    }
    calls.compareAndSet(slot, null, new Lending<>(() -> compile(rows, start)));
    return calls.get(slot);
  }

  private OneDnnCall compile(int rows, Start start) {
    List<Operand> operands = new ArrayList<>();
    operands.add(new Operand(DNNL_ARG_SRC, OneDnnLayout.rows(rows, k, type)));
    operands.add(new Operand(DNNL_ARG_WEIGHTS, packed));
    operands.add(new Operand(DNNL_ARG_DST, OneDnnLayout.rows(rows, n, dnnl_f32)));
    if (start == Start.BIAS) {
      operands.add(new Operand(DNNL_ARG_BIAS, OneDnnLayout.rows(1, n, dnnl_f32)));
    }
    return OneDnnCall.compile(library, () -> description(rows, start, packed), operands);
  }

  private dnnl_primitive_desc description(int rows, Start start, dnnl_memory_desc_t weights) {
    dnnl_matmul_desc_t operation = new dnnl_matmul_desc_t();
    OneDnn.check(
        "dnnl_matmul_desc_init",
        dnnl_matmul_desc_init(
            operation,
            OneDnnLayout.rows(rows, k, type),
            weights,
            start == Start.BIAS ? OneDnnLayout.rows(1, n, dnnl_f32) : null,
            OneDnnLayout.rows(rows, n, dnnl_f32)));
    dnnl_primitive_attr attributes = attributes(start);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    int status =
        dnnl_primitive_desc_create(
            description, new const_dnnl_op_desc_t(operation), attributes, library.engine(), null);
    dnnl_primitive_attr_destroy(attributes);
    OneDnn.check("dnnl_primitive_desc_create", status);
    return description;
  }

  private static dnnl_primitive_attr attributes(Start start) {
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    OneDnn.check("dnnl_primitive_attr_create", dnnl_primitive_attr_create(attributes));
    // scratch memory of the library's own would tie a primitive to the thread that made it
    dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
    if (start == Start.RESULT) {
      dnnl_post_ops after = new dnnl_post_ops();
      OneDnn.check("dnnl_post_ops_create", dnnl_post_ops_create(after));
      dnnl_post_ops_append_sum(after, 1f);
      dnnl_primitive_attr_set_post_ops(attributes, after);
      dnnl_post_ops_destroy(after);
    }
    return attributes;
  }
}
