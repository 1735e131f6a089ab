package dev.orthant.core.merge.stream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.orthant.core.checkpoint.CheckpointWriter;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.spi.CounterRandom;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.factory.Nd4j;

/** Checkpoints of random numbers: two matrices, a vector, a scalar and counters. */
final class TinyCheckpoints {

  /** More than one unit of elements. */
  static final long[] LARGE = {1100, 1001};

  static final Map<String, long[]> SHAPES = shapes();

  private TinyCheckpoints() {}

  private static Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put("layer.bias", new long[] {7});
    shapes.put("layer.scale", new long[0]);
    shapes.put("layer.weight", new long[] {7, 5});
    shapes.put("words.weight", LARGE);
    return shapes;
  }

  static HuggingFaceCheckpoint write(Path folder, long seed, Dtype dtype) {
    CheckpointWriter writer =
        new CheckpointWriter(JsonNodeFactory.instance.objectNode().put("model_type", "tiny"));
    SHAPES.forEach(
        (name, shape) ->
            writer.add(name, dtype, shape, () -> Nd4j.create(values(name, seed), shape, 'c')));
    writer.add("layer.count", Dtype.I64, new long[] {2}, () -> Nd4j.createFromArray(3L, 4L));
    writer.write(folder, false);
    return HuggingFaceCheckpoint.open(folder);
  }

  /** The numbers of a tensor, multiples of 1/256 so that every element type has them. */
  static float[] values(String name, long seed) {
    long size = 1;
    for (long d : SHAPES.get(name)) {
      size *= d;
    }
    float[] values = new float[(int) size];
    SplittableRandom random = new SplittableRandom(CounterRandom.seed(seed, name));
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextInt(255) - 127) / 256f;
    }
    return values;
  }
}
