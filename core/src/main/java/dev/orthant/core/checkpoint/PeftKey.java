package dev.orthant.core.checkpoint;

import java.util.Set;
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
      Pattern.compile("\\.(base_layer|modules_to_save(\\.default)?)(?=\\.)");

  private static final String UNTRAINED = ".original_module.";

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
    String saved = WRAPPER.matcher(path).replaceAll("");
    String named = TokenRows.ENDING + ".default";
    return new PeftKey(
        "", saved.endsWith(named) ? saved.substring(0, saved.lastIndexOf('.')) : saved);
  }

  /**
   * Whether it is the base's own tensor beside the trained one, as {@code bias: all} has it in
   * files.
   */
  static boolean isUntrained(String key) {
    return key.contains(UNTRAINED);
  }

  boolean isSaved() {
    return module.isEmpty();
  }

  /** The key that PEFT writes. */
  String text() {
    return PREFIX + (isSaved() ? name : module + "." + name);
  }

  /** The key that PEFT writes; tensors of the modules that have adapters are a layer deeper. */
  String text(Set<String> adapted) {
    int dot = name.lastIndexOf('.');
    boolean deeper = isSaved() && dot > 0 && adapted.contains(name.substring(0, dot));
    return deeper ? PREFIX + name.substring(0, dot) + ".base_layer" + name.substring(dot) : text();
  }
}
