package dev.orthant.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_amx;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_version;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * oneDNN, Intel's library of products: with weights that are packed once it is faster than a BLAS,
 * most of all for few rows, and it has products in bfloat16.
 */
final class OneDnn {

  /*
   * The library is one for the process, and so is its JIT-compiled code: so is this object. It has
   * threads of its own (OpenMP), which would work against our pool. A primitive uses as many as
   * there were when it was made, so each is made while there is one, and our threads run them side
   * by side on blocks of rows.
   */

  private final OpenMp openMp;
  private final dnnl_engine engine = new dnnl_engine();
  private final dnnl_stream stream = new dnnl_stream();
  private final int instructions;
  private final String version;
  private final Map<Shape, OneDnnMatmul> matmuls = new ConcurrentHashMap<>();
  private final Map<Integer, Lending<OneDnnRounding>> roundings = new ConcurrentHashMap<>();

  private record Shape(int k, int n, Precision precision) {}

  private OneDnn(OpenMp openMp) {
    this.openMp = openMp;
    check("dnnl_engine_create", dnnl_engine_create(engine, dnnl_cpu, 0));
    check("dnnl_stream_create", dnnl_stream_create(stream, engine, 0));
    this.instructions = dnnl_get_effective_cpu_isa();
    dnnl_version_t v = dnnl_version();
    this.version = v.major() + "." + v.minor() + "." + v.patch();
  }

  /** The library, if it is on the class path and this machine runs it. */
  static Optional<OneDnn> find() {
    return Holder.FOUND;
  }

  private static final class Holder {

    private static final Optional<OneDnn> FOUND = load();

    private static Optional<OneDnn> load() {
      try {
        Loader.load(org.bytedeco.dnnl.global.dnnl.class);
        return OpenMp.loaded().map(OneDnn::new).filter(OneDnn::isFast);
      } catch (UnsatisfiedLinkError | NoClassDefFoundError | IllegalStateException e) {
        return Optional.empty();
      }
    }
  }

  /** Whether it has the kernels that make it worth while. */
  private boolean isFast() {
    return has(dnnl_cpu_isa_avx512_core);
  }

  /** Whether products in bfloat16 are faster than in single precision here. */
  boolean hasBf16() {
    return has(dnnl_cpu_isa_avx512_core_bf16);
  }

  private boolean has(int instructionSet) {
    return (instructions & instructionSet) == instructionSet;
  }

  /** Such as {@code oneDNN 2.5.2 (AMX)}. */
  @Override
  public String toString() {
    String set = hasBf16() ? "AVX512-BF16" : "AVX-512";
    return "oneDNN %s (%s)".formatted(version, has(dnnl_cpu_isa_avx512_core_amx) ? "AMX" : set);
  }

  dnnl_engine engine() {
    return engine;
  }

  dnnl_stream stream() {
    return stream;
  }

  OpenMp openMp() {
    return openMp;
  }

  /** Packs the weights w [dOut, dIn] for one kind of product. */
  PackedWeight pack(INDArray w, PackedWeight.Form form) {
    int dOut = (int) w.size(0);
    int dIn = (int) w.size(1);
    Shape shape =
        form.transposed()
            ? new Shape(dIn, dOut, form.precision())
            : new Shape(dOut, dIn, form.precision());
    OneDnnMatmul matmul =
        matmuls.computeIfAbsent(shape, s -> new OneDnnMatmul(this, s.k(), s.n(), s.precision()));
    return new PackedWeight(matmul, matmul.pack(Floats.of("w", w), form.transposed()));
  }

  /** What rounds rows of this width. */
  Lending<OneDnnRounding> roundings(int width) {
    return roundings.computeIfAbsent(width, w -> new Lending<>(() -> new OneDnnRounding(this, w)));
  }

  /** Throws unless a function of the library has succeeded. */
  static void check(String function, int status) {
    if (status != 0) {
      throw new IllegalStateException(
          "oneDNN: %s failed with status %d".formatted(function, status));
    }
  }
}
