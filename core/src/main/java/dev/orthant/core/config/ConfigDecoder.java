package dev.orthant.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes YAML or JSON into records.
 *
 * <p>A component's key is its name in snake case. An absent key takes its value from the defaults;
 * without defaults from {@link Default}, then {@link java.util.Optional} is empty,
 * {@code @Nullable} is null, a record takes what its static method {@code defaults()} gives, and
 * everything else is required. A mapping for a nested record changes the keys it has; lists and
 * maps are replaced as a whole.
 *
 * <p>Component types: {@code int, long, float, double, boolean} and their boxes, {@code String},
 * {@code Path}, enums ({@code INIT_ONLY} is {@code init-only}), records, {@code List}, {@code Map}
 * by {@code String}, {@code Optional}, {@code JsonNode}, {@link dev.orthant.core.spi.TargetModules}
 * (a name or a list of names), and sealed interfaces of records, such as {@link
 * dev.orthant.core.spi.Hold}: the word for a record without components ({@code frozen}), and a
 * mapping of one key for others ({@code {penalty: 0.1}}).
 *
 * <p>All problems are collected and told together: unknown keys with the nearest valid one, wrong
 * types, what a record's constructor refuses, missing keys. Stateless and safe for use by several
 * threads.
 */
public final class ConfigDecoder {

  private static final String UNNAMED = "configuration";

  private final ConfigText text = new ConfigText();

  /**
   * Decodes a file, YAML or (by its name) JSON; relative {@link Path} components are resolved
   * against its folder.
   *
   * @param defaults values of absent keys, or null
   * @throws ConfigurationException with all problems
   */
  public <T extends Record> T decode(Path file, Class<T> type, @Nullable T defaults) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    return decode(text.read(file), type, defaults, file.toString(), folder);
  }

  /**
   * Decodes YAML, of which JSON is a part.
   *
   * @param defaults values of absent keys, or null
   * @throws ConfigurationException with all problems
   */
  public <T extends Record> T decode(String yaml, Class<T> type, @Nullable T defaults) {
    return decode(text.parse(yaml, UNNAMED), type, defaults, UNNAMED, null);
  }

  /**
   * Decodes a tree.
   *
   * @param defaults values of absent keys, or null
   * @throws ConfigurationException with all problems
   */
  public <T extends Record> T decode(JsonNode node, Class<T> type, @Nullable T defaults) {
    return decode(node, type, defaults, UNNAMED, null);
  }

  /**
   * Decodes a tree that was read from a file; relative {@link Path} components are resolved against
   * its folder.
   *
   * @param file for messages and paths
   * @param defaults values of absent keys, or null
   * @throws ConfigurationException with all problems
   */
  public <T extends Record> T decode(
      JsonNode node, Path file, Class<T> type, @Nullable T defaults) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    return decode(node, type, defaults, file.toString(), folder);
  }

  /**
   * Reads a file, YAML or (by its name) JSON, into a tree without decoding it.
   *
   * @throws ConfigurationException if it cannot be read or is malformed
   */
  public JsonNode parse(Path file) {
    return text.read(file);
  }

  /** Reads YAML or JSON into a tree without decoding it. */
  public JsonNode parse(String yaml) {
    return text.parse(yaml, UNNAMED);
  }

  private <T extends Record> T decode(
      JsonNode node, Class<T> type, @Nullable T defaults, String source, @Nullable Path folder) {
    List<Problem> problems = new ArrayList<>();
    Object decoded =
        new RecordDecoder(problems, new ValueDecoder(problems, folder, text), text)
            .decode(node, type, defaults, "");
    if (!problems.isEmpty()) {
      throw new ConfigurationException(source, problems);
    }
    return type.cast(decoded);
  }
}
