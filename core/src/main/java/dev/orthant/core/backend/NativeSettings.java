package dev.orthant.core.backend;

import java.util.Map;
import java.util.TreeMap;

/** The system properties that the native libraries are told about this machine with. */
final class NativeSettings {

  static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";

  private static final String MAX_BYTES = "org.bytedeco.javacpp.maxbytes";
  private static final String MAX_PHYSICAL_BYTES = "org.bytedeco.javacpp.maxphysicalbytes";

  private NativeSettings() {}

  /**
   * What should be set.
   *
   * <ul>
   *   <li>The build of ND4J's library. JavaCPP falls back to the generic build where the class path
   *       lacks the one asked for.
   *   <li>The memory for arrays: half of the machine's, and at most nine tenths of it for the whole
   *       process. JavaCPP would take the size of the Java heap, which says nothing about arrays.
   *   <li>The tokenizer's library: the CPU one, without looking for CUDA; nothing is counted
   *       elsewhere.
   * </ul>
   *
   * @param extension the build of ND4J's library
   * @param memoryBytes the memory of the machine or container; 0 when it is not known
   */
  static Map<String, String> of(NativeExtension extension, long memoryBytes) {
    Map<String, String> settings = new TreeMap<>();
    if (extension != NativeExtension.GENERIC) {
      settings.put(EXTENSION, extension.suffix());
    }
    if (memoryBytes > 0) {
      settings.put(MAX_BYTES, Long.toString(memoryBytes / 2));
      settings.put(MAX_PHYSICAL_BYTES, Long.toString(memoryBytes / 10 * 9));
    }
    settings.put("RUST_FLAVOR", "cpu");
    settings.put("OPT_OUT_TRACKING", "true");
    return settings;
  }
}
