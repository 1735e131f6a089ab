package dev.orthant.core.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads the tensors of a dictionary that {@code torch.save} wrote, of PyTorch 1.6 or newer: a ZIP
 * with a pickle and one entry for each storage. The pickle is not run, see {@link PickleReader}.
 */
final class TorchFile {

  private final Path file;
  private final ZipFile zip;
  private final String folder;
  private final Map<String, byte[]> storages = new LinkedHashMap<>();

  private TorchFile(Path file, ZipFile zip, String folder) {
    this.file = file;
    this.zip = zip;
    this.folder = folder;
  }

  /**
   * All tensors, in the file's order, in single precision.
   *
   * @throws CheckpointException if it is no such file, or its pickle asks for more than tensors
   */
  static Map<String, INDArray> read(Path file) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry pickle =
          Collections.list(zip.entries()).stream()
              .filter(e -> e.getName().matches("[^/]+/data\\.pkl"))
              .findFirst()
              .map(ZipEntry.class::cast)
              .orElseThrow(
                  () -> new CheckpointException(file, "is a ZIP without a pickle of PyTorch"));
      String folder = pickle.getName().replaceFirst("data\\.pkl$", "");
      ZipEntry order = zip.getEntry(folder + "byteorder");
      if (order != null && !new String(bytes(zip, order)).equals("little")) {
        throw new CheckpointException(file, "has big-endian tensors, expected little-endian");
      }
      return new TorchFile(file, zip, folder).tensors(PickleReader.read(file, bytes(zip, pickle)));
    } catch (ZipException e) {
      throw new CheckpointException(
          file, "is not a file of PyTorch 1.6 or newer: " + e.getMessage(), e);
    } catch (IOException e) {
      throw CheckpointException.reading(file, e);
    }
  }

  private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
    return zip.getInputStream(entry).readAllBytes();
  }

  private Map<String, INDArray> tensors(Object root) throws IOException {
    if (!(root instanceof Map<?, ?> map)) {
      throw new CheckpointException(file, "holds no dictionary of tensors");
    }
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    for (Map.Entry<?, ?> e : map.entrySet()) {
      if (!(e.getKey() instanceof String name)
          || !(e.getValue() instanceof PickleReader.Call call)) {
        throw new CheckpointException(file, "holds '%s', which is no tensor".formatted(e.getKey()));
      }
      tensors.put(name, tensor(name, call));
    }
    return tensors;
  }

  /**
   * (storage, offset, shape, strides, requires gradient, hooks); a parameter has such a call first.
   */
  private INDArray tensor(String name, PickleReader.Call call) throws IOException {
    List<Object> arguments = call.arguments();
    if (!arguments.isEmpty() && arguments.get(0) instanceof PickleReader.Call inner) {
      return tensor(name, inner);
    }
    if (!call.function().endsWith("_rebuild_tensor_v2")
        || arguments.size() < 4
        || !(arguments.get(0) instanceof PickleReader.Persistent storage)
        || !(storage.id() instanceof List<?> id)
        || id.size() < 5
        || !(id.get(1) instanceof PickleReader.Global type)) {
      throw new CheckpointException(file, "holds '%s', which is no tensor".formatted(name));
    }
    Dtype dtype =
        switch (type.name()) {
          case "torch FloatStorage" -> Dtype.F32;
          case "torch HalfStorage" -> Dtype.F16;
          case "torch BFloat16Storage" -> Dtype.BF16;
          case "torch DoubleStorage" -> Dtype.F64;
          default ->
              throw new CheckpointException(
                  file, "tensor '%s' is of %s".formatted(name, type.name()));
        };
    long offset = (Long) arguments.get(1);
    long[] shape = longs(arguments.get(2));
    long[] strides = longs(arguments.get(3));
    ByteBuffer bytes =
        ByteBuffer.wrap(storage(String.valueOf(id.get(2)))).order(ByteOrder.LITTLE_ENDIAN);
    requireRowMajor(name, shape, strides);
    long elements = 1;
    for (long d : shape) {
      elements = Math.multiplyExact(elements, d);
    }
    int size = dtype.bits() / 8;
    if (offset < 0 || elements < 0 || (offset + elements) > bytes.capacity() / size) {
      throw new CheckpointException(
          file, "tensor '%s' goes beyond the end of its storage".formatted(name));
    }
    ByteBuffer own = bytes.position(Math.toIntExact(offset * size)).slice().order(bytes.order());
    return ArrayTransfer.read(
        shape,
        (into, count) -> {
          Elements.toFloats(dtype, own.slice().order(own.order()), into, count);
          own.position(own.position() + count * size);
        });
  }

  private void requireRowMajor(String name, long[] shape, long[] strides) {
    long expected = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      if (strides.length != shape.length || shape[i] != 1 && strides[i] != expected) {
        throw new CheckpointException(
            file, "tensor '%s' is a view that is not contiguous".formatted(name));
      }
      expected *= shape[i];
    }
  }

  private static long[] longs(Object tuple) {
    List<Long> values = new ArrayList<>();
    for (Object value : (List<?>) tuple) {
      values.add((Long) value);
    }
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private byte[] storage(String key) throws IOException {
    byte[] known = storages.get(key);
    if (known == null) {
      ZipEntry entry = zip.getEntry(folder + "data/" + key);
      if (entry == null) {
        throw new CheckpointException(file, "has no storage '%s'".formatted(key));
      }
      known = bytes(zip, entry);
      storages.put(key, known);
    }
    return known;
  }
}
