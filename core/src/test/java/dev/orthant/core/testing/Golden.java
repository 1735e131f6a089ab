package dev.orthant.core.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reference values from a JSON resource; tensors are objects with {@code shape} and {@code data}.
 */
public final class Golden {

  private final JsonNode root;

  private Golden(JsonNode root) {
    this.root = root;
  }

  /** Reads a resource of the class' module, such as {@code /reference/ties/original.json}. */
  public static Golden load(Class<?> owner, String resource) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException("no test resource " + resource);
      }
      return new Golden(new ObjectMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  /** The value at a path of field names. */
  public JsonNode at(String... path) {
    JsonNode node = root;
    for (String field : path) {
      node = node.path(field);
    }
    if (node.isMissingNode()) {
      throw new IllegalArgumentException("no value at " + String.join("/", path));
    }
    return node;
  }

  /** The tensor at a path of field names. */
  public INDArray tensor(String... path) {
    JsonNode node = at(path);
    JsonNode shape = node.path("shape");
    JsonNode data = node.path("data");
    long[] dims = new long[shape.size()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = shape.get(i).asLong();
    }
    float[] values = new float[data.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) data.get(i).asDouble();
    }
    return Nd4j.createFromArray(values).reshape('c', dims).castTo(DataType.FLOAT);
  }
}
