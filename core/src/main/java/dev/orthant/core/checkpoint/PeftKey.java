package dev.orthant.core.checkpoint;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A key of {@code adapter_model.safetensors}, taken apart.
 *
 * @param module path of the module in the base model; empty for a tensor that is saved whole
 * @param name the rest: {@code lora_A.weight} and so on; for a tensor saved whole, its name in the
 *     base model
 */
record PeftKey(String module, String name) {

  static final String PREFIX = "base_model.model.";

  /** The adapter's name, which PEFT leaves out of files, may be there as "default". */
  private static final Pattern LORA =
      Pattern.compile("(.+)\\.(lora_[A-Za-z0-9_]+)(?:\\.default)?(\\.weight|\\.bias)?");

  private static final Pattern WRAPPER =
      Pattern.compile("\\.(base_layer|original_module|modules_to_save(\\.default)?)(?=\\.)");

  /**
   * @param key without checks of what it names
   * @throws IllegalArgumentException if it does not begin as all keys do
   */
  static PeftKey parse(String key) {
    if (!key.startsWith(PREFIX)) {
      throw new IllegalArgumentException(
          "tensor '%s' does not begin with '%s'".formatted(key, PREFIX));
    }
    String path = key.substring(PREFIX.length());
    Matcher matcher = LORA.matcher(path);
    if (matcher.matches()) {
      boolean bare = matcher.group(3) == null || matcher.group(2).equals(PeftAdapter.MAGNITUDE);
      String ending = bare ? "" : matcher.group(3); // some write a magnitude with .weight
      return new PeftKey(matcher.group(1), matcher.group(2) + ending);
    }
    return new PeftKey("", WRAPPER.matcher(path).replaceAll(""));
  }

  boolean isSaved() {
    return module.isEmpty();
  }

  /** The key that PEFT writes. */
  String text() {
    return PREFIX + (isSaved() ? name : module + "." + name);
  }
}
