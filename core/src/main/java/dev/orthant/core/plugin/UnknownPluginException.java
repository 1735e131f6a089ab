package dev.orthant.core.plugin;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** No plug-in of a kind has the name asked for. */
public final class UnknownPluginException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final String requested;
  private final transient List<String> available;

  /**
   * @param kind what was looked for
   * @param requested the name asked for
   * @param available the names there are
   */
  public UnknownPluginException(Kind kind, String requested, Collection<String> available) {
    super(message(kind, requested, available.stream().sorted().toList()));
    this.kind = kind;
    this.requested = requested;
    this.available = available.stream().sorted().toList();
  }

  /** What was looked for. */
  public Kind kind() {
    return kind;
  }

  /** The name asked for. */
  public String requested() {
    return requested;
  }

  /** The names there are, sorted. */
  public List<String> available() {
    return available;
  }

  /** The name that was perhaps meant. */
  public Optional<String> nearest() {
    return NearestName.of(requested, available);
  }

  private static String message(Kind kind, String requested, List<String> available) {
    String known =
        available.isEmpty()
            ? "There are no " + kind + "s at all."
            : "Available: " + String.join(", ", available) + ".";
    return "unknown %s '%s'%s %s Put the plug-in's jar on the class path or into a plug-in folder."
        .formatted(kind, requested, or(NearestName.hint(requested, available), "."), known);
  }

  private static String or(String text, String otherwise) {
    return text.isEmpty() ? otherwise : text;
  }
}
