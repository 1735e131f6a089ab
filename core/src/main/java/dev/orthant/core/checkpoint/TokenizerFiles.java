package dev.orthant.core.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The files of a tokenizer in a model's folder. */
public final class TokenizerFiles {

  static final List<String> NAMES =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "chat_template.jinja",
          "vocab.txt",
          "vocab.json",
          "merges.txt",
          "tokenizer.model",
          "spiece.model");

  private TokenizerFiles() {}

  /** Copies those that there are into another folder. */
  public static void copy(Path from, Path into) throws IOException {
    for (String name : NAMES) {
      if (Files.isRegularFile(from.resolve(name))) {
        Files.copy(from.resolve(name), into.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
