package dev.orthant.core.dl4j;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Predicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a network's frozen weights are told by. */
final class Fingerprint {

  private Fingerprint() {}

  /**
   * SHA-256 of the parameters of some layers, in single precision, with the layers' names. Adapters
   * do not count.
   */
  static String of(NetworkLayers<?> layers, Predicate<NetworkLayer> counts) {
    MessageDigest digest = sha256();
    for (NetworkLayer layer : layers.all()) {
      if (counts.test(layer)) {
        layer.baseTable().forEach((key, array) -> add(digest, layer.name() + "." + key, array));
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String name, INDArray array) {
    digest.update(name.getBytes(StandardCharsets.UTF_8));
    float[] values = array.dup('c').data().asFloat();
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
