package dev.orthant.core.dl4j;

import dev.orthant.core.spi.Parameter;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What a network's configuration says of one array of an adapter.
 *
 * @param name the adapter's name of it
 * @param shape its sizes, one or two
 * @param trainable whether the network's updater changes it
 * @param decayed whether the layer's regularisation applies to it
 * @param learningRateMultiplier what the layer's learning rate is multiplied by
 */
public record LayerParameter(
    String name,
    List<Long> shape,
    boolean trainable,
    boolean decayed,
    double learningRateMultiplier) {

  /** Copies the shape. */
  public LayerParameter {
    shape = List.copyOf(shape);
  }

  static LayerParameter of(Parameter parameter) {
    return new LayerParameter(
        parameter.name(),
        LongStream.of(parameter.value().shape()).boxed().toList(),
        parameter.isTrainable(),
        parameter.isDecayed(),
        parameter.learningRateMultiplier());
  }

  /** The name in the layer's parameter table: the network splits names at underscores. */
  String key() {
    return key(name);
  }

  static String key(String parameter) {
    return parameter.replace('_', '-');
  }

  long length() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  long[] sizes() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
