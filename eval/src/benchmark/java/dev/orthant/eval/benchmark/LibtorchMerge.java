package dev.orthant.eval.benchmark;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.checkpoint.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * mergekit's operations, tensor by tensor, in libtorch: the files are mapped, tensors lie in the
 * mapped memory without a copy, the result is kept until all of it is written.
 */
final class LibtorchMerge implements Side {

  private final MergeMethod method;
  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final Mapped base;
  private final List<Mapped> models = new ArrayList<>();

  LibtorchMerge(MergeMethod method, int threads) {
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    this.method = method;
    try {
      this.base = Mapped.of(MergeModels.base());
      for (int i = 0; i < method.models; i++) {
        models.add(Mapped.of(MergeModels.model(i)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A model's only file, mapped. */
  private record Mapped(HuggingFaceCheckpoint model, ByteBuffer bytes, long start) {

    static Mapped of(Path folder) throws IOException {
      Path file = folder.resolve("model.safetensors");
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        ByteBuffer bytes =
            channel
                .map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                .order(ByteOrder.LITTLE_ENDIAN);
        return new Mapped(HuggingFaceCheckpoint.open(folder), bytes, 8 + bytes.getLong(0));
      }
    }

    NDArray get(String name, NDManager manager) {
      TensorInfo info = model.info(name);
      int at = Math.toIntExact(start + info.begin());
      ByteBuffer tensor =
          bytes.slice(at, Math.toIntExact(info.bytes())).order(ByteOrder.nativeOrder());
      return manager.create(tensor, new Shape(info.shape()), DataType.FLOAT32);
    }
  }

  @Override
  public double run() {
    try (NDManager results = manager.newSubManager()) {
      Map<String, NDArray> merged = new LinkedHashMap<>();
      for (String name : base.model().names()) {
        try (NDManager step = results.newSubManager()) {
          NDArray result = merge(name, step);
          result.attach(results);
          merged.put(name, result);
        }
      }
      write(base.model(), merged);
      NDArray told = requireNonNull(merged.get(MergeModels.TOLD));
      return told.flatten().norm().toFloatArray()[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private NDArray merge(String name, NDManager step) {
    NDList inputs = new NDList();
    models.forEach(model -> inputs.add(model.get(name, step)));
    return switch (method) {
      case LINEAR -> weighted(NDArrays.stack(inputs), 0.25f).sum(new int[] {0}).div(1f);
      case SLERP -> slerp(inputs.get(0), inputs.get(1));
      default -> {
        NDArray from = base.get(name, step);
        NDList deltas = new NDList();
        for (NDArray input : inputs) {
          deltas.add(sparsify(input.sub(from)));
        }
        NDArray sum = weighted(NDArrays.stack(deltas), (float) MergeMethod.WEIGHT);
        yield from.add(method == MergeMethod.TIES ? elected(sum) : sum.sum(new int[] {0}));
      }
    };
  }

  private static NDArray weighted(NDArray stacked, float weight) {
    return stacked.mul(weight);
  }

  private NDArray sparsify(NDArray delta) {
    return switch (method) {
      case DARE -> drop(delta);
      case TIES -> trim(delta);
      default -> delta;
    };
  }

  private static NDArray drop(NDArray delta) {
    NDArray mask =
        delta
            .getManager()
            .randomUniform(0, 1, delta.getShape())
            .lt(MergeMethod.DENSITY_OF_DARE)
            .toType(DataType.FLOAT32, false);
    NDArray kept = delta.mul(mask);
    return kept.mul(delta.abs().sum().div(kept.abs().sum()));
  }

  private static NDArray trim(NDArray delta) {
    long count = (long) (MergeMethod.DENSITY_OF_TIES * delta.size());
    NDArray order = delta.abs().flatten().argSort(0, false);
    NDArray mask = delta.getManager().zeros(new Shape(delta.size()));
    NDArray ones = delta.getManager().ones(new Shape(count));
    NDArray chosen = mask.put(order.get(":" + count), ones);
    return delta.mul(chosen.reshape(delta.getShape()));
  }

  /** Elects signs and divides by the weights of those that agree. */
  private static NDArray elected(NDArray weighted) {
    NDArray sign = weighted.sum(new int[] {0}).gte(0).toType(DataType.FLOAT32, false).mul(2).sub(1);
    NDArray agree = weighted.sign().eq(sign).toType(DataType.FLOAT32, false);
    NDArray divisor = agree.mul((float) MergeMethod.WEIGHT).sum(new int[] {0});
    NDArray none = divisor.eq(0).toType(DataType.FLOAT32, false);
    return weighted.mul(agree).sum(new int[] {0}).div(divisor.add(none));
  }

  private static NDArray slerp(NDArray a, NDArray b) {
    NDArray x = a.flatten();
    NDArray y = b.flatten();
    double cosine = x.div(x.norm()).mul(y.div(y.norm())).sum().toFloatArray()[0];
    double first = 1 - MergeMethod.T;
    double second = MergeMethod.T;
    if (Math.abs(cosine) <= 0.9995) {
      double theta = Math.acos(cosine);
      first = Math.sin(first * theta) / Math.sin(theta);
      second = Math.sin(second * theta) / Math.sin(theta);
    }
    return x.mul((float) first).add(y.mul((float) second)).reshape(a.getShape());
  }

  /** The tensors in the order of the base's file, behind the base's header. */
  private static void write(HuggingFaceCheckpoint base, Map<String, NDArray> merged)
      throws IOException {
    Path folder = Files.createDirectories(MergeModels.folder().resolve("libtorch"));
    SafetensorsFile source = base.files().get(0);
    try (FileChannel from = FileChannel.open(source.path(), StandardOpenOption.READ);
        FileChannel to =
            FileChannel.open(
                folder.resolve("model.safetensors"),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      long start = from.size() - merged.values().stream().mapToLong(NDArray::size).sum() * 4;
      from.transferTo(0, start, to);
      for (Map.Entry<String, NDArray> tensor : merged.entrySet()) {
        ByteBuffer bytes = tensor.getValue().toByteBuffer(true);
        long at = start + base.info(tensor.getKey()).begin();
        while (bytes.hasRemaining()) {
          at += to.write(bytes, at);
        }
      }
    }
  }
}
