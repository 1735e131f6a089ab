package dev.orthant.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_scratchpad_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.Pointer;

/** A compiled operation with places for the addresses of its operands; for one thread at a time. */
final class OneDnnCall implements AutoCloseable {

  /** The operands of {@link #reorder}. */
  static final int FROM = 0;

  static final int TO = 1;

  /**
   * An operand.
   *
   * @param argument its number in the library
   * @param layout its shape and order
   */
  record Operand(int argument, dnnl_memory_desc_t layout) {}

  private final OneDnn library;
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final List<dnnl_memory> memories = new ArrayList<>();
  private final dnnl_exec_arg_t arguments;
  private final AlignedMemory scratch;
  private final Cursor cursor = new Cursor();

  private OneDnnCall(OneDnn library, dnnl_primitive_desc description, List<Operand> operands) {
    this.library = library;
    OneDnn.check("dnnl_primitive_create", dnnl_primitive_create(primitive, description));
    this.arguments = new dnnl_exec_arg_t(operands.size() + 1);
    operands.forEach(this::add);
    dnnl_memory_desc_t layout =
        dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
    long bytes = layout == null ? 0 : dnnl_memory_desc_get_size(layout);
    this.scratch = new AlignedMemory(bytes);
    if (bytes > 0) {
      add(new Operand(DNNL_ARG_SCRATCHPAD, layout));
      at(operands.size(), scratch.address());
    }
  }

  private void add(Operand operand) {
    dnnl_memory memory = new dnnl_memory();
    OneDnn.check(
        "dnnl_memory_create",
        dnnl_memory_create(memory, operand.layout(), library.engine(), new Pointer()));
    arguments.position(memories.size()).arg(operand.argument());
    arguments.memory(memory);
    arguments.position(0);
    memories.add(memory);
  }

  /**
   * Compiles an operation that will run on the calling thread only.
   *
   * @param description made while there is one thread, and freed here
   * @param operands in the order of their indices in {@link #at}
   */
  static OneDnnCall compile(
      OneDnn library, Supplier<dnnl_primitive_desc> description, List<Operand> operands) {
    return library
        .openMp()
        .onOneThread(
            () -> {
              dnnl_primitive_desc made = description.get();
              try {
                return new OneDnnCall(library, made, operands);
              } finally {
                dnnl_primitive_desc_destroy(made);
              }
            });
  }

  /** Copies a matrix from one order or type into another. */
  static OneDnnCall reorder(OneDnn library, dnnl_memory_desc_t from, dnnl_memory_desc_t to) {
    return compile(
        library,
        () -> {
          dnnl_primitive_desc description = new dnnl_primitive_desc();
          OneDnn.check(
              "dnnl_reorder_primitive_desc_create",
              dnnl_reorder_primitive_desc_create(
                  description, from, library.engine(), to, library.engine(), null));
          return description;
        },
        List.of(new Operand(DNNL_ARG_FROM, from), new Operand(DNNL_ARG_TO, to)));
  }

  /** Sets where the operand of this index lies. */
  OneDnnCall at(int operand, long address) {
    dnnl_memory_set_data_handle(memories.get(operand), cursor.at(address));
    return this;
  }

  /** Computes. */
  void run() {
    OneDnn.check(
        "dnnl_primitive_execute",
        dnnl_primitive_execute(primitive, library.stream(), memories.size(), arguments));
  }

  /** Frees all of it; the library may keep what it has compiled. */
  @Override
  public void close() {
    memories.forEach(memory -> dnnl_memory_destroy(memory));
    dnnl_primitive_destroy(primitive);
    arguments.close();
    scratch.close();
  }

  private static final class Cursor extends Pointer {
    Cursor at(long newAddress) {
      address = newAddress;
      return this;
    }
  }
}
