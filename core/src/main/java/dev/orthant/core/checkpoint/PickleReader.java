package dev.orthant.core.checkpoint;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a pickle without running it: numbers, strings, tuples, lists and dictionaries, and calls of
 * the few functions that rebuild PyTorch's tensors, which are recorded and not made. Everything
 * else that a pickle can ask for is refused.
 */
final class PickleReader {

  /*
   * A pickle is a program for a stack machine that can call any function by name, which is why such
   * files must not be loaded from strangers. Here a name must be on the list, it becomes a Global
   * and never code, and a call becomes a Call, or a dictionary where it makes one.
   */

  private static final List<String> ALLOWED =
      List.of(
          "collections OrderedDict",
          "torch BFloat16Storage",
          "torch DoubleStorage",
          "torch FloatStorage",
          "torch HalfStorage",
          "torch.nn.parameter Parameter",
          "torch._utils _rebuild_parameter",
          "torch._utils _rebuild_tensor_v2");

  private static final Object MARK = new Object();
  private static final Object NONE = new Object();

  private final Path file;
  private final ByteBuffer bytes;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  /** A function or class, by module and name. */
  record Global(String name) {}

  /** A call that was asked for. */
  record Call(String function, List<Object> arguments) {}

  /** Something kept outside of the pickle. */
  record Persistent(Object id) {}

  private PickleReader(Path file, byte[] pickle) {
    this.file = file;
    this.bytes = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The object of a pickle: a {@code Map}, {@code List} (tuples too), {@code String}, {@code Long},
   * {@code Double}, {@code Boolean}, {@link Global}, {@link Call} or {@link Persistent}.
   *
   * @param file for messages
   * @throws CheckpointException if it asks for something that is not on the list, or is malformed
   */
  static Object read(Path file, byte[] pickle) {
    PickleReader reader = new PickleReader(file, pickle);
    try {
      return reader.run();
    } catch (BufferUnderflowException | IndexOutOfBoundsException | ClassCastException e) {
      throw new CheckpointException(file, "holds a malformed pickle", e);
    }
  }

  private Object run() {
    while (true) {
      int at = bytes.position();
      int opcode = bytes.get() & 0xff;
      if (opcode == '.') { // STOP
        return pop();
      }
      if (!isConstant(opcode) && !isContainer(opcode) && !isCall(opcode)) {
        throw new CheckpointException(
            file, "holds a pickle with opcode 0x%02x, which is not read".formatted(opcode), at);
      }
    }
  }

  /** Frames, numbers, strings, and the memo. */
  private boolean isConstant(int opcode) {
    switch (opcode) {
      case 0x80 -> bytes.get(); // PROTO
      case 0x95 -> bytes.getLong(); // FRAME
      case 'N' -> stack.add(NONE);
      case 0x88 -> stack.add(true); // NEWTRUE
      case 0x89 -> stack.add(false); // NEWFALSE
      case 'J' -> stack.add((long) bytes.getInt()); // BININT
      case 'K' -> stack.add((long) (bytes.get() & 0xff)); // BININT1
      case 'M' -> stack.add((long) (bytes.getShort() & 0xffff)); // BININT2
      case 0x8a -> stack.add(whole(take(bytes.get() & 0xff))); // LONG1
      case 'G' ->
          stack.add(Double.longBitsToDouble(Long.reverseBytes(bytes.getLong()))); // BINFLOAT
      case 'X' -> stack.add(text(bytes.getInt())); // BINUNICODE
      case 0x8c -> stack.add(text(bytes.get() & 0xff)); // SHORT_BINUNICODE
      case 'q' -> memo.put(bytes.get() & 0xff, peek()); // BINPUT
      case 'r' -> memo.put(bytes.getInt(), peek()); // LONG_BINPUT
      case 0x94 -> memo.put(memo.size(), peek()); // MEMOIZE
      case 'h' -> stack.add(memoised(bytes.get() & 0xff)); // BINGET
      case 'j' -> stack.add(memoised(bytes.getInt())); // LONG_BINGET
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean isContainer(int opcode) {
    switch (opcode) {
      case '(' -> stack.add(MARK);
      case ')' -> stack.add(List.of()); // EMPTY_TUPLE
      case 't' -> stack.add(sinceMark()); // TUPLE
      case 0x85 -> stack.add(last(1)); // TUPLE1
      case 0x86 -> stack.add(last(2)); // TUPLE2
      case 0x87 -> stack.add(last(3)); // TUPLE3
      case ']' -> stack.add(new ArrayList<>()); // EMPTY_LIST
      case 'a' -> append(last(1)); // APPEND
      case 'e' -> append(sinceMark()); // APPENDS
      case '}' -> stack.add(new LinkedHashMap<>()); // EMPTY_DICT
      case 's' -> put(last(2)); // SETITEM
      case 'u' -> put(sinceMark()); // SETITEMS
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean isCall(int opcode) {
    switch (opcode) {
      case 'c' -> stack.add(global(line(), line())); // GLOBAL
      case 0x93 -> { // STACK_GLOBAL
        List<Object> names = last(2);
        stack.add(global((String) names.get(0), (String) names.get(1)));
      }
      case 'R' -> stack.add(called(last(2))); // REDUCE
      case 'Q' -> stack.add(new Persistent(pop())); // BINPERSID
      case 'b' -> pop(); // BUILD: the attributes of a dictionary, which say nothing of tensors
      default -> {
        return false;
      }
    }
    return true;
  }

  private Global global(String module, String name) {
    String full = module + " " + name;
    if (!ALLOWED.contains(full)) {
      throw new CheckpointException(
          file,
          "holds a pickle that asks for %s.%s, which is not needed for tensors; it is not read"
              .formatted(module, name));
    }
    return new Global(full);
  }

  @SuppressWarnings("unchecked")
  private static Object called(List<Object> functionAndArguments) {
    String function = ((Global) functionAndArguments.get(0)).name();
    List<Object> arguments = (List<Object>) functionAndArguments.get(1);
    return function.equals("collections OrderedDict") && arguments.isEmpty()
        ? new LinkedHashMap<>()
        : new Call(function, arguments);
  }

  @SuppressWarnings("unchecked")
  private void append(List<Object> items) {
    ((List<Object>) peek()).addAll(items);
  }

  @SuppressWarnings("unchecked")
  private void put(List<Object> keysAndValues) {
    Map<Object, Object> map = (Map<Object, Object>) peek();
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      map.put(keysAndValues.get(i), keysAndValues.get(i + 1));
    }
  }

  private List<Object> sinceMark() {
    int mark = stack.lastIndexOf(MARK);
    List<Object> items = last(stack.size() - 1 - mark);
    pop();
    return items;
  }

  private List<Object> last(int count) {
    List<Object> top = stack.subList(stack.size() - count, stack.size());
    List<Object> items = new ArrayList<>(top);
    top.clear();
    return items;
  }

  private Object peek() {
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    return stack.remove(stack.size() - 1);
  }

  private Object memoised(int index) {
    Object value = memo.get(index);
    if (value == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return value;
  }

  private byte[] take(int length) {
    if (length < 0 || length > bytes.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] taken = new byte[length];
    bytes.get(taken);
    return taken;
  }

  private String text(int length) {
    return new String(take(length), StandardCharsets.UTF_8);
  }

  private String line() {
    int start = bytes.position();
    while (bytes.get() != '\n') {
      // on to the end of the line
    }
    int length = bytes.position() - 1 - start;
    return new String(bytes.array(), start, length, StandardCharsets.UTF_8);
  }

  private static long whole(byte[] littleEndian) {
    byte[] bigEndian = new byte[littleEndian.length + 1];
    for (int i = 0; i < littleEndian.length; i++) {
      bigEndian[littleEndian.length - i] = littleEndian[i];
    }
    boolean negative = littleEndian.length > 0 && littleEndian[littleEndian.length - 1] < 0;
    bigEndian[0] = (byte) (negative ? -1 : 0);
    return new BigInteger(bigEndian).longValue();
  }
}
