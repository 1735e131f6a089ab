package dev.orthant.eval.benchmark;

import dev.orthant.core.checkpoint.BlockBuffer;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.ShardLayout;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/** A base of roberta-base's shapes and four models near it, in single precision: 0.5 GB each. */
final class MergeModels {

  static final int MODELS = 4;

  /** The tensor whose norm both sides tell. */
  static final String TOLD = "lm_head.dense.weight";

  private static final int HIDDEN = 768;
  private static final int INNER = 3072;
  private static final int BLOCK = 1 << 16;

  private MergeModels() {}

  /** The folder that has them. */
  static Path folder() {
    return Path.of(System.getProperty("java.io.tmpdir"), "orthant-merge-benchmark");
  }

  static Path base() {
    return folder().resolve("base");
  }

  static Path model(int i) {
    return folder().resolve("model" + i);
  }

  /** Writes all of them. */
  static void write() throws IOException {
    write(base(), 0);
    for (int i = 0; i < MODELS; i++) {
      write(model(i), i + 1);
    }
  }

  private static void write(Path model, int number) throws IOException {
    Files.createDirectories(model);
    Files.writeString(
        model.resolve("config.json"), "{\"model_type\": \"roberta\", \"num_hidden_layers\": 12}");
    ShardLayout layout = ShardLayout.of(tensors(), Long.MAX_VALUE, Map.of("format", "pt"));
    layout.create(model);
    Path file = model.resolve(layout.files().get(0));
    BlockBuffer buffer = new BlockBuffer(BLOCK * Float.BYTES);
    SplittableRandom base = new SplittableRandom(1);
    SplittableRandom own = new SplittableRandom(1 + number);
    float[] values = new float[BLOCK];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (ShardLayout.Entry tensor : tensors()) {
        long position = layout.places().get(tensor.name()).position();
        for (long at = 0; at < tensor.elements(); at += BLOCK) {
          int count = (int) Math.min(BLOCK, tensor.elements() - at);
          for (int k = 0; k < count; k++) {
            double difference = number == 0 ? 0 : 0.004 * bell(own);
            values[k] = (float) (0.1 * bell(base) + difference);
          }
          buffer.write(
              file, channel, position + at * Float.BYTES, Dtype.F32, values, count, new CRC32C());
        }
      }
    }
  }

  /** About a normal distribution. */
  private static double bell(SplittableRandom random) {
    long bits = random.nextLong();
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += (bits >>> 16 * i & 0xffff) * 0x1.0p-16 - 0.5;
    }
    return sum;
  }

  private static List<ShardLayout.Entry> tensors() {
    List<ShardLayout.Entry> tensors = new ArrayList<>();
    add(tensors, "roberta.embeddings.word_embeddings.weight", 50265, HIDDEN);
    add(tensors, "roberta.embeddings.position_embeddings.weight", 514, HIDDEN);
    add(tensors, "roberta.embeddings.token_type_embeddings.weight", 1, HIDDEN);
    norm(tensors, "roberta.embeddings.LayerNorm");
    for (int i = 0; i < 12; i++) {
      String layer = "roberta.encoder.layer." + i + ".";
      for (String name : List.of("self.query", "self.key", "self.value", "output.dense")) {
        linear(tensors, layer + "attention." + name, HIDDEN, HIDDEN);
      }
      norm(tensors, layer + "attention.output.LayerNorm");
      linear(tensors, layer + "intermediate.dense", INNER, HIDDEN);
      linear(tensors, layer + "output.dense", HIDDEN, INNER);
      norm(tensors, layer + "output.LayerNorm");
    }
    linear(tensors, "lm_head.dense", HIDDEN, HIDDEN);
    norm(tensors, "lm_head.layer_norm");
    return tensors;
  }

  private static void linear(List<ShardLayout.Entry> tensors, String name, int out, int in) {
    add(tensors, name + ".weight", out, in);
    add(tensors, name + ".bias", out);
  }

  private static void norm(List<ShardLayout.Entry> tensors, String name) {
    add(tensors, name + ".weight", HIDDEN);
    add(tensors, name + ".bias", HIDDEN);
  }

  private static void add(List<ShardLayout.Entry> tensors, String name, long... shape) {
    tensors.add(new ShardLayout.Entry(name, Dtype.F32, shape));
  }
}
